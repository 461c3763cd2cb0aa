/** The one window. Its page is sandboxed like any web page: all it can do goes through the call bridge. */
import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron'

export function mainWindowOptions(parts: {
  preloadFile: string
  isDark: boolean
  isDevelopment: boolean
}): BrowserWindowConstructorOptions {
  return {
    // Position and size are restored under this name.
    name: 'main',
    windowStatePersistence: true,
    title: 'Longhaul',
    width: 1280,
    height: 840,
    minWidth: 880,
    minHeight: 560,
    autoHideMenuBar: true,
    show: false,
    // The page's own background, so that nothing flashes before it is drawn.
    backgroundColor: parts.isDark ? '#111418' : '#f4f5f7',
    webPreferences: {
      preload: parts.preloadFile,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: parts.isDevelopment,
    },
  }
}

/** A page that crashes again within this time is reloaded only if the user says so: downloads go on without it. */
const CRASH_AGAIN_MS = 10_000

/**
 * Shows the window once its page is drawn, and reloads the page when its process crashes: downloads do not run in it.
 * When it crashes repeatedly (security software, graphics drivers) the user is asked, who may never have seen the
 * window.
 */
export function keepPageAlive(options: {
  window: BrowserWindow
  /** Started at login: stays minimised on the taskbar. */
  isQuiet: boolean
  now(): number
  logProblem(where: string, error: unknown): void
  /** Asks the user; false quits the program. */
  mayTryAgain(): Promise<boolean>
  leave(): void
}): void {
  const { window, now } = options
  let crashedAt = Number.NEGATIVE_INFINITY
  const reload = () => {
    if (!window.isDestroyed()) window.webContents.reload()
  }
  window.once('ready-to-show', () => (options.isQuiet ? window.minimize() : window.show()))
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return
    options.logProblem('window', new Error(`the page's process ended: ${reason}, exit code ${exitCode}`))
    const isAgain = now() - crashedAt < CRASH_AGAIN_MS
    crashedAt = now()
    if (isAgain) options.mayTryAgain().then((mayTry) => (mayTry ? reload() : options.leave()))
    else reload()
  })
}

/** For a second start of the program, and for a click on a notification. */
export function showWindow(window: Pick<BrowserWindow, 'isDestroyed' | 'isMinimized' | 'restore' | 'show' | 'focus'>) {
  if (window.isDestroyed()) return
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
