/** Where the window's page comes from, and how to distinguish it from every other place. Pure. */
import type { CustomScheme } from 'electron'

export const APP_SCHEME = 'longhaul'
export const APP_HOST = 'app'
export const APP_PAGE = `${APP_SCHEME}://${APP_HOST}/`

/**
 * `standard`: relative URLs and the page's origin work. `secure`: treated like https. These and `supportFetchAPI` are
 * as in Electron's example; the content security policy allows the page to fetch nothing. `codeCache`: V8 caches the
 * page's compiled code, as it does for http, so that the window opens faster from the second start on.
 */
export const APP_SCHEME_PRIVILEGES: CustomScheme = {
  scheme: APP_SCHEME,
  privileges: {
    standard: true,
    secure: true,
    supportFetchAPI: true,
    codeCache: true,
    corsEnabled: false,
    bypassCSP: false,
  },
}

/** True for the same scheme, host and port as `page`. Compares parts: a URL of our scheme has no `origin` in Node. */
export function isSameOrigin(page: string, url: string): boolean {
  if (!URL.canParse(url)) return false
  const wanted = new URL(page)
  const given = new URL(url)
  return (
    given.protocol === wanted.protocol && given.host === wanted.host && given.username === '' && given.password === ''
  )
}
