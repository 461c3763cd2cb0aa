/** Serves the built window at longhaul://app/, with the headers a web server would send. */
import { findStaticFile, readStaticFiles } from '../api/host/static-files.ts'
import { windowHeaders } from '../api/host/window-headers.ts'
import { APP_HOST } from './app-origin.ts'

/** The page speaks to the program over IPC alone. */
const HEADERS = windowHeaders("'none'")

/** For `protocol.handle`. Knows the files of the build and nothing else. */
export function createAppProtocol(rendererFolder: string): (request: Request) => Promise<Response> {
  const files = readStaticFiles(rendererFolder)
  return async ({ method, url }) => {
    if (method !== 'GET') return refuse(405)
    const { host, pathname } = new URL(url)
    if (host !== APP_HOST) return refuse(404)
    const file = findStaticFile(await files, pathname)
    if (!file) return refuse(404)
    return new Response(new Uint8Array(file.content), {
      headers: { ...HEADERS, 'Content-Type': file.contentType, 'Cache-Control': file.cacheControl },
    })
  }
}

const refuse = (status: number): Response => new Response(null, { status, headers: HEADERS })
