/** What no page in this program may do: leave its origin, open windows, embed others, ask for devices. */
import type { Session, Shell, WebContents } from 'electron'
import { isSameOrigin } from './app-origin.ts'

/** Documentation that the window may link to. No other URL is opened, whatever names a bucket holds. */
const OUTSIDE_HOSTS: readonly string[] = ['docs.aws.amazon.com']

export const mayOpenOutside = (url: string): boolean => {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, port, username, password } = new URL(url)
  return protocol === 'https:' && port === '' && !username && !password && OUTSIDE_HOSTS.includes(hostname)
}

/** For every `web-contents-created`, so that contents created elsewhere are locked down as well. */
export function lockDownContents(contents: WebContents, page: string, shell: Pick<Shell, 'openExternal'>): void {
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url)) shell.openExternal(url).catch(() => {})
    return { action: 'deny' }
  })
  const stayHere = (details: { url: string; preventDefault(): void }) => {
    if (!isSameOrigin(page, details.url)) details.preventDefault()
  }
  contents.on('will-frame-navigate', stayHere)
  contents.on('will-redirect', stayHere)
  contents.on('will-attach-webview', (event) => event.preventDefault())
}

/** The page needs one permission: to copy the text of a failure. */
const ALLOWED_PERMISSION = 'clipboard-sanitized-write'

export function denyPermissions(session: Session, page: string): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(permission === ALLOWED_PERMISSION && isSameOrigin(page, requestingUrl)),
  )
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === ALLOWED_PERMISSION && isSameOrigin(page, origin),
  )
  session.setDevicePermissionHandler(() => false)
}
