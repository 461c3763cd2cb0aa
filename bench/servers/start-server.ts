/** nginx when it can be had, else the fault server in calm weather. */
import type { BenchServer, ServerFolders } from './bench-server.ts'
import { ensureNginx, startNginx } from './nginx.ts'

export async function startServer(folders: ServerFolders): Promise<BenchServer> {
  const nginx = ensureNginx()
  if (!nginx) throw new Error('nginx is not on PATH')
  return startNginx(nginx, folders)
}
