/** The built window, as files below one folder and nothing outside it. */
import { readFile, realpath } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

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

/** Undefined for everything that is not one of the window's files, whatever the path tries. */
export async function readStaticFile(folder: string, requestPath: string): Promise<StaticFile | undefined> {
  const relative = relativePathOf(requestPath)
  const contentType = CONTENT_TYPES[extname(relative ?? '')]
  if (!relative || !contentType) return undefined
  try {
    const root = await realpath(folder)
    // A link inside the folder must not lead out of it.
    const path = await realpath(join(root, relative))
    if (!path.startsWith(root + sep)) return undefined
    const content = await readFile(path)
    return { content, contentType, cacheControl: cacheControlOf(relative) }
  } catch {
    return undefined
  }
}

/** `/` is the page itself. Undefined for paths that no build ever makes. */
export function relativePathOf(requestPath: string): string | undefined {
  if (requestPath === '/') return 'index.html'
  let decoded: string
  try {
    decoded = decodeURIComponent(requestPath.slice(1))
  } catch {
    return undefined
  }
  const segments = decoded.split('/')
  return segments.every((segment) => /^[\w@-][\w.@-]*$/.test(segment)) ? segments.join('/') : undefined
}

/** Names below assets/ carry a hash of their content. */
const cacheControlOf = (relative: string): string =>
  relative.startsWith('assets/') ? 'private, max-age=31536000, immutable' : 'no-cache'
