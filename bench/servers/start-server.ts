/** nginx when it can be had, else the fault server in calm weather. */

import { sumObjects } from '../sum-objects.ts'
import type { WorkloadObject } from '../workloads.ts'
import type { BenchServer, ServerFolders } from './bench-server.ts'
import { startFaultServerProcess } from './fault-server.ts'
import { ensureNginx, startNginx } from './nginx.ts'

export type ServerChoice = 'auto' | 'built-in'

/** `objects` are all that will be asked for; nginx reads them from the folders instead. */
export async function startServer(
  choice: ServerChoice,
  folders: ServerFolders,
  objects: WorkloadObject[],
): Promise<BenchServer> {
  const nginx = choice === 'auto' ? ensureNginx() : undefined
  return nginx ? startNginx(nginx, folders, await sumObjects(objects)) : startFaultServerProcess(folders, objects)
}
