/** The built window, as files below one folder and nothing outside it. */
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}

export type StaticFile = { content: Buffer; contentType: string; cacheControl: string }

/** By path below the folder. Read once: a page asks for all of them at the same moment, and waits. */
export type StaticFiles = ReadonlyMap<string, StaticFile>

/** Links are left out, so nothing outside the folder can ever be served. Empty when there is no such folder. */
export async function readStaticFiles(folder: string): Promise<StaticFiles> {
  const files = new Map<string, StaticFile>()
  const readFolder = async (below: string): Promise<void> => {
    const entries = await readdir(join(folder, below), { withFileTypes: true })
    await Promise.all(
      entries.map(async (entry) => {
        const path = below + entry.name
        const contentType = CONTENT_TYPES[extname(entry.name)]
        if (entry.isDirectory()) await readFolder(`${path}/`)
        else if (entry.isFile() && contentType) {
          const content = await readFile(join(folder, path))
          files.set(path, { content, contentType, cacheControl: cacheControlOf(path) })
        }
      }),
    )
  }
  await readFolder('').catch(() => files.clear())
  return files
}

/** Undefined for everything that is not one of the window's files, whatever the path tries. */
export function findStaticFile(files: StaticFiles, requestPath: string): StaticFile | undefined {
  if (requestPath === '/') return files.get('index.html')
  try {
    return files.get(decodeURIComponent(requestPath.slice(1)))
  } catch {
    return undefined
  }
}

/** Names below assets/ carry a hash of their content. */
const cacheControlOf = (relative: string): string =>
  relative.startsWith('assets/') ? 'private, max-age=31536000, immutable' : 'no-cache'
