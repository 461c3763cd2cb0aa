/**
 * The desktop host: Electron's main process, as a list of steps. Only this file and preload.ts take anything from
 * Electron at run time; the steps get what they use handed in.
 */
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  Notification,
  nativeTheme,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  safeStorage,
  session,
  shell,
} from 'electron'
import { DEFAULT_SETTINGS, type Settings } from '../../shared/settings.ts'
import { type Api, createApi } from '../api/create-api.ts'
import { hasDisplay } from '../api/host/has-display.ts'
import { openProblemLog } from '../api/host/problem-log.ts'
import { defaultFolderOf, stateFolderOf } from '../api/host/state-folder.ts'
import { systemClock } from '../api/host/system-clock.ts'
import { boundOwnYoungSpace } from '../engine/young-space.ts'
import { APP_PAGE, APP_SCHEME, APP_SCHEME_PRIVILEGES } from './app-origin.ts'
import { createAppProtocol } from './app-protocol.ts'
import { openCallBridge } from './call-bridge.ts'
import { closeBeforeQuit } from './close-before-quit.ts'
import { commandLineArguments } from './command-line.ts'
import { createJobCompanion } from './job-companion.ts'
import { denyPermissions, lockDownContents } from './lock-down.ts'
import { keepPageAlive, mainWindowOptions, showWindow } from './main-window.ts'
import { menuTemplate } from './menu.ts'
import { type Language, NATIVE_WORDS, type NativeWords, systemLanguageOf } from './native-words.ts'
import { openVault } from './os-vault.ts'
import { guardQuit } from './quit-guard.ts'
import { createLoginKeeper, isResuming } from './start-at-login.ts'
import { proxyUrlOf } from './system-proxy.ts'

/** The same as `appId` in electron-builder.yml: Windows ties notifications to the shortcut that carries it. */
const APP_ID = 'app.longhaul.desktop'

const isDevelopment = !app.isPackaged
/** Electron has no login items on Linux, and one of a development build would not start. */
const startsAtLogin = app.isPackaged && process.platform !== 'linux'
/** Set by `electron-vite dev`, for hot reload. A packaged program does not listen to it. */
const developmentPage = isDevelopment ? process.env.ELECTRON_RENDERER_URL : undefined
const page = developmentPage ?? APP_PAGE
const stateFolder = stateFolderOf(process.env, process.platform)
const logProblem = openProblemLog(join(stateFolder, 'longhaul.log'), systemClock)
/**
 * Built files lie beside this one. Not written as `new URL('literal', ...)`: a bundler would take that for an asset.
 */
const builtFile = (path: string) => new URL(path, import.meta.url)

const cliArguments = commandLineArguments(process.argv, hasDisplay(process.platform, process.env))
/** What entry.mjs holds Electron up with: a command, which runs without a display and exits the process itself. */
export const commandLine = cliArguments && runCommandLine(cliArguments)
if (!cliArguments) startDesktop()

function runCommandLine(args: string[]): Promise<never> {
  process.argv = [process.execPath, 'longhaul', ...args]
  createRequire(import.meta.url)('./cli.cjs')
  return new Promise(() => {})
}

function startDesktop(): void {
  boundOwnYoungSpace()
  process.on('uncaughtException', (error) => logProblem('main', error))
  // Electron only warns of these, on a terminal that nobody sees.
  process.on('unhandledRejection', (reason) => logProblem('main', reason))
  if (!keepDataTogether()) return
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  app.setAppUserModelId(APP_ID)
  app.enableSandbox()
  protocol.registerSchemesAsPrivileged([APP_SCHEME_PRIVILEGES])
  app.on('web-contents-created', (_event, contents) => lockDownContents(contents, page, shell))
  app.on('window-all-closed', () => app.quit())
  app.whenReady().then(openProgram).catch(refuseToStart)
}

/** Chromium's files lie beside ours, so that one variable moves them all, the single-instance lock included. */
function keepDataTogether(): boolean {
  const folder = join(stateFolder, 'desktop')
  try {
    mkdirSync(folder, { recursive: true })
    app.setPath('userData', folder)
    return true
  } catch (error) {
    refuseToStart(error)
    return false
  }
}

async function openProgram(): Promise<void> {
  protocol.handle(APP_SCHEME, createAppProtocol(fileURLToPath(builtFile('../renderer'))))
  denyPermissions(session.defaultSession, page)
  const systemLanguage = systemLanguageOf(app.getPreferredSystemLanguages())
  let settings: Settings = DEFAULT_SETTINGS
  const words = () => NATIVE_WORDS[settings.language === 'system' ? systemLanguage : settings.language]
  const api = await openApi(systemLanguage, () => words().chooseFolder)
  const { interrupted } = api
  const isWished = () => settings.resumeAfterRestart
  const login = startsAtLogin ? createLoginKeeper({ app, appId: APP_ID, isWished, interrupted, logProblem }) : undefined
  const closing = closeBeforeQuit({
    app,
    api,
    onEnd: (why) => (why === 'left' ? login?.leave() : login?.stay()),
    logProblem,
  })
  const applySettings = (next: Settings) => {
    settings = next
    nativeTheme.themeSource = next.theme
    const template = menuTemplate(words().menu, { isMac: process.platform === 'darwin', isDevelopment })
    Menu.setApplicationMenu(Menu.buildFromTemplate(template))
    login?.apply()
  }
  applySettings(await readSettings(api))

  const window = new BrowserWindow(
    mainWindowOptions({
      preloadFile: fileURLToPath(builtFile('../preload/preload.cjs')),
      isDark: nativeTheme.shouldUseDarkColors,
      isDevelopment,
    }),
  )
  // macOS passes no arguments on.
  const isAtLogin = () => isResuming(process.argv) || app.getLoginItemSettings().wasOpenedAtLogin
  const isResumed = startsAtLogin && isWished() && isAtLogin()
  keepPageAlive({
    window,
    isQuiet: isResumed,
    now: systemClock.monotonic,
    logProblem,
    mayTryAgain: async () => {
      const { message, detail, again, quit } = words().pageCrashes
      const question = { type: 'error' as const, message, detail, buttons: [again, quit], cancelId: 0, noLink: true }
      return (await dialog.showMessageBox(question)).response === 0
    },
    leave: () => app.quit(),
  })
  const companion = createJobCompanion({
    powerSaveBlocker,
    window,
    notify: (options) => new Notification(options),
    words: (job) => words().jobEnded(job),
    shouldNotify: () => settings.notifyWhenDone && Notification.isSupported(),
    onNotificationClick: () => showWindow(window),
  })
  // No question while the machine shuts down: nobody may be there to answer.
  const countLive = () => (closing.hasBegun() ? { underWay: 0, queued: 0 } : companion.countLive())
  guardQuit({ window, dialog, words: () => words().quit, countLive })
  const bridge = openCallBridge({ ipcMain, contents: window.webContents, page, api, logProblem })
  api.subscribe((push) => {
    if (push.name === 'settings') applySettings(push.payload)
    companion.receive(push)
    login?.receive(push)
  })
  app.on('second-instance', (_event, argv) => {
    // The user had started the program before the login item did.
    if (!isResuming(argv)) showWindow(window)
    else if (isWished()) api.resumeAfterRestart()
  })
  // At shutdown or sign-out Windows neither closes the window nor lets the program quit; other systems do both.
  window.on('session-end', () => void closing.machineGoesDown())
  powerMonitor.on('shutdown', () => void closing.machineGoesDown())
  window.on('closed', () => {
    bridge.close()
    companion.close()
  })
  if (isResumed) api.resumeAfterRestart()
  window.loadURL(page).catch((error) => logProblem('window', error))
}

async function openApi(systemLanguage: Language, words: () => NativeWords['chooseFolder']): Promise<Api> {
  const file = join(stateFolder, 'keys.json')
  return createApi({
    host: 'desktop',
    startsAtLogin,
    vault: await openVault({ safeStorage, platform: process.platform, file, logProblem }),
    folders: { chooseFolder: (startAt) => chooseFolder(startAt, words()), reveal: shell.showItemInFolder },
    workers: { dataPlaneUrl: builtFile('./data-plane-worker.cjs'), verifyUrl: builtFile('./verify-worker.cjs') },
    stateFolder,
    defaultFolder: defaultFolderOf(downloadsFolder()),
    systemLanguage,
    version: app.getVersion(),
    clock: systemClock,
    systemProxy: async (url) => proxyUrlOf(await session.defaultSession.resolveProxy(url)),
    logProblem,
  })
}

/** The downloads folder, wherever the user has moved it; undefined while its drive is not connected. */
function downloadsFolder(): string | undefined {
  try {
    return app.getPath('downloads')
  } catch {
    return undefined
  }
}

async function chooseFolder(startAt: string, { title, button }: NativeWords['chooseFolder']): Promise<string> {
  const parent = BrowserWindow.getFocusedWindow()
  const options = {
    title,
    buttonLabel: button,
    properties: ['openDirectory', 'createDirectory'] as Array<'openDirectory' | 'createDirectory'>,
    ...(startAt ? { defaultPath: startAt } : {}),
  }
  const { filePaths } = await (parent ? dialog.showOpenDialog(parent, options) : dialog.showOpenDialog(options))
  return filePaths[0] ?? ''
}

async function readSettings(api: Api): Promise<Settings> {
  const read = await api.handlers['settings.read']({})
  return read.ok ? read.value : DEFAULT_SETTINGS
}

function refuseToStart(error: unknown): void {
  logProblem('start', error)
  // Electron knows the system's languages only once it is ready.
  const preferred = app.isReady() ? app.getPreferredSystemLanguages() : [Intl.DateTimeFormat().resolvedOptions().locale]
  const words = NATIVE_WORDS[systemLanguageOf(preferred)].cannotStart
  dialog.showErrorBox(words.title, words.detail(error instanceof Error ? error.message : String(error)))
  app.exit(1)
}
