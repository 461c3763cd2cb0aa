/** Where the window's page comes from, and how to distinguish it from every other place. Pure. */
import type { CustomScheme } from 'electron'

export const APP_SCHEME = 'longhaul'
export const APP_HOST = 'app'
export const APP_PAGE = `${APP_SCHEME}://${APP_HOST}/`

/**
 * Standard, so that relative addresses and the page's own origin work; secure, so that it is treated like https. The
 * first three are those of Electron's own example; what the page may fetch is the policy's matter: nothing. With
 * `codeCache` V8 keeps what it has compiled of the page beside the other data of the window: for http it does so anyway,
 * and from the second start on the form is there sooner.
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
