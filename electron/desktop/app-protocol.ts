/** Serves the built window at longhaul://app/, with the headers a web server would send. */
import { readStaticFile } from '../api/static-files.ts'
import { APP_HOST } from './app-origin.ts'

/** The UI library writes its styles into the page at run time, hence 'unsafe-inline' for styles, and only there. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const SECURITY_HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** For `protocol.handle`. Knows the files of the build and nothing else. */
export function createAppProtocol(rendererFolder: string): (request: Request) => Promise<Response> {
  return async ({ method, url }) => {
    if (method !== 'GET') return refuse(405)
    const { host, pathname } = new URL(url)
    if (host !== APP_HOST) return refuse(404)
    const file = await readStaticFile(rendererFolder, pathname)
    if (!file) return refuse(404)
    return new Response(new Uint8Array(file.content), {
      headers: { ...SECURITY_HEADERS, 'Content-Type': file.contentType, 'Cache-Control': file.cacheControl },
    })
  }
}

const refuse = (status: number): Response => new Response(null, { status, headers: SECURITY_HEADERS })
