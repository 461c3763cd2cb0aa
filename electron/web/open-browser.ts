/** Shows an address in the user's browser, where there is one. Failing is harmless: the address is printed as well. */
import { spawn } from 'node:child_process'
import { hasDisplay } from '../api/host/has-display.ts'

/** The command that opens a URL; undefined where there is no display. Pure. */
export function browserCommand(
  url: string,
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
): { command: string; args: string[] } | undefined {
  // Not through cmd.exe: it would read the address as a command line.
  if (platform === 'win32') return { command: 'rundll32', args: ['url.dll,FileProtocolHandler', url] }
  if (platform === 'darwin') return { command: 'open', args: [url] }
  return hasDisplay(platform, environment) ? { command: 'xdg-open', args: [url] } : undefined
}

/** Whether a browser was asked to open. */
export function openBrowser(url: string): boolean {
  const browser = browserCommand(url, process.platform, process.env)
  if (!browser) return false
  try {
    const child = spawn(browser.command, browser.args, { stdio: 'ignore', detached: true })
    child.on('error', () => {})
    child.unref()
    return true
  } catch {
    return false
  }
}
