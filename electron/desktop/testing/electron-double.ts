/**
 * Stands in for Electron where its binary cannot run. Every member is typed by Electron's own d.ts, so that a call
 * that Electron does not know does not compile here either. It remembers what was asked; it decides nothing.
 */
import { EventEmitter } from 'node:events'
import type {
  App,
  BrowserWindow,
  BrowserWindowConstructorOptions,
  CustomScheme,
  Dialog,
  IpcMain,
  IpcMainInvokeEvent,
  MenuItemConstructorOptions,
  NativeTheme,
  Notification,
  NotificationConstructorOptions,
  PowerSaveBlocker,
  ProgressBarOptions,
  Protocol,
  SafeStorage,
  Session,
  Shell,
  WebContents,
  WebFrameMain,
} from 'electron'

type CallListener = Parameters<IpcMain['handle']>[1]
type OpenHandler = Parameters<WebContents['setWindowOpenHandler']>[0]
type ProtocolHandler = Parameters<Protocol['handle']>[1]

export function createIpcDouble() {
  const handlers = new Map<string, CallListener>()
  const ipcMain = {
    handle: (channel, listener) => void handlers.set(channel, listener),
    removeHandler: (channel) => void handlers.delete(channel),
  } satisfies Pick<IpcMain, 'handle' | 'removeHandler'>
  const invoke = async (channel: string, event: Pick<IpcMainInvokeEvent, 'senderFrame'>, ...args: unknown[]) =>
    handlers.get(channel)?.(event as IpcMainInvokeEvent, ...args)
  return { ipcMain, handlers, invoke }
}

export function createContentsDouble(url: string) {
  const sent: unknown[][] = []
  const state = { isDestroyed: false, reloads: 0, openHandler: undefined as OpenHandler | undefined }
  const members = {
    mainFrame: frameDouble(url),
    isDestroyed: () => state.isDestroyed,
    send: (...message) => void sent.push(message),
    reload: () => void state.reloads++,
    setWindowOpenHandler: (handler) => {
      state.openHandler = handler
    },
  } satisfies Partial<WebContents>
  const contents = Object.assign(new EventEmitter(), members) as unknown as WebContents & EventEmitter
  return { contents, sent, state }
}

export const frameDouble = (url: string): WebFrameMain => ({ url }) satisfies Partial<WebFrameMain> as WebFrameMain

export function createWindowDouble(url: string, options: BrowserWindowConstructorOptions = {}) {
  const contents = createContentsDouble(url)
  const progress: Array<[number, ProgressBarOptions['mode'] | undefined]> = []
  const done: string[] = []
  const state = { isDestroyed: false, isMinimized: false }
  const members = {
    webContents: contents.contents,
    isDestroyed: () => state.isDestroyed,
    isMinimized: () => state.isMinimized,
    setProgressBar: (value, how) => void progress.push([value, how?.mode]),
    show: () => void done.push('show'),
    minimize: () => void done.push('minimize'),
    focus: () => void done.push('focus'),
    restore: () => void done.push('restore'),
    loadURL: async (address) => void done.push(`load ${address}`),
    close() {
      if (!emitCancellable(window, 'close')) return
      state.isDestroyed = true
      contents.state.isDestroyed = true
      window.emit('closed')
    },
  } satisfies Partial<BrowserWindow>
  const window = Object.assign(new EventEmitter(), members) as unknown as BrowserWindow & EventEmitter
  return { window, contents, progress, done, state, options }
}

/** False when a listener prevented it. */
export function emitCancellable(emitter: EventEmitter, name: string, details: object = {}): boolean {
  let isPrevented = false
  const event = {
    ...details,
    preventDefault() {
      isPrevented = true
    },
  }
  emitter.emit(name, event)
  return !isPrevented
}

export function createPowerDouble() {
  const held = new Map<number, string>()
  let lastId = 0
  const powerSaveBlocker = {
    start(type) {
      held.set(++lastId, type)
      return lastId
    },
    stop: (id) => held.delete(id),
  } satisfies Pick<PowerSaveBlocker, 'start' | 'stop'>
  return { powerSaveBlocker, held }
}

type NotificationDouble = EventEmitter & Pick<Notification, 'show'> & { options: NotificationConstructorOptions }

export function createNotificationDouble() {
  const shown: NotificationDouble[] = []
  const notify = (options: NotificationConstructorOptions) => {
    const notification: NotificationDouble = Object.assign(new EventEmitter(), {
      options,
      show: () => void shown.push(notification),
    })
    return notification as unknown as NotificationDouble & Notification
  }
  return { notify, shown }
}

export function createSafeStorageDouble(parts: {
  isAvailable?: boolean
  backend?: ReturnType<SafeStorage['getSelectedStorageBackend']>
}) {
  // A mask is no encryption, but it is enough to see whether plain text reaches the disk.
  const mask = (bytes: Uint8Array) => Buffer.from(bytes.map((byte) => byte ^ 0xa5))
  return {
    isAsyncEncryptionAvailable: async () => parts.isAvailable ?? true,
    getSelectedStorageBackend: () => parts.backend ?? 'gnome_libsecret',
    encryptStringAsync: async (text) => mask(Buffer.from(text, 'utf8')),
    decryptStringAsync: async (encrypted) => ({ result: mask(encrypted).toString('utf8'), shouldReEncrypt: false }),
  } satisfies Partial<SafeStorage>
}

export function createSessionDouble() {
  const handlers: {
    request?: NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>
    check?: NonNullable<Parameters<Session['setPermissionCheckHandler']>[0]>
    device?: NonNullable<Parameters<Session['setDevicePermissionHandler']>[0]>
  } = {}
  const members = {
    setPermissionRequestHandler(handler) {
      if (handler) handlers.request = handler
    },
    setPermissionCheckHandler(handler) {
      if (handler) handlers.check = handler
    },
    setDevicePermissionHandler(handler) {
      if (handler) handlers.device = handler
    },
    resolveProxy: async (_url) => 'DIRECT',
  } satisfies Partial<Session>
  return { session: members as unknown as Session, handlers }
}

export function createShellDouble() {
  const opened: string[] = []
  const shell = {
    openExternal: async (url) => void opened.push(url),
    showItemInFolder: (path) => void opened.push(path),
  } satisfies Partial<Shell>
  return { shell, opened }
}

export function createDialogDouble(answers: { button?: number; folder?: string } = {}) {
  const asked: string[] = []
  const dialog = {
    showMessageBox: async (...args: unknown[]) => {
      asked.push((args.at(-1) as { message: string }).message)
      return { response: answers.button ?? 0, checkboxChecked: false }
    },
    showOpenDialog: async () => ({ canceled: !answers.folder, filePaths: answers.folder ? [answers.folder] : [] }),
    showErrorBox: (title, content) => void asked.push(`${title}: ${content}`),
  } satisfies Partial<Dialog>
  return { dialog, asked, answers }
}

/** What `import ... from 'electron'` gives the main process, for a run of main.ts as a whole. */
export function createElectronDouble(parts: { isFirstInstance: boolean }) {
  const log: string[] = []
  const ready = Promise.withResolvers<void>()
  const windows: Array<ReturnType<typeof createWindowDouble>> = []
  const schemes: CustomScheme[] = []
  const protocols = new Map<string, ProtocolHandler>()
  const menus: MenuItemConstructorOptions[][] = []
  const loginItem = {
    isThere: false,
    get: () => ({
      openAtLogin: loginItem.isThere,
      wasOpenedAtLogin: false,
      executableWillLaunchAtLogin: loginItem.isThere,
    }),
  }
  const appMembers = {
    isPackaged: true,
    getVersion: () => '1.2.3',
    getPreferredSystemLanguages: () => ['zh-Hans-CN'],
    getPath: (name) => `/known/${name}`,
    relaunch: () => void log.push('relaunch'),
    getLoginItemSettings: () => ({ ...loginItem.get(), status: 'not-registered', launchItems: [] }),
    setLoginItemSettings: ({ openAtLogin = false, args = [], name = '' }) => {
      log.push(`${openAtLogin ? 'starts' : 'does not start'} at login: ${name} ${args.join(' ')}`)
      loginItem.isThere = openAtLogin
    },
    setPath: (name, path) => void log.push(`setPath ${name} ${path}`),
    setAppUserModelId: (id) => void log.push(`appId ${id}`),
    requestSingleInstanceLock: () => parts.isFirstInstance,
    enableSandbox: () => void log.push('enableSandbox'),
    isReady: () => log.includes('ready'),
    whenReady: () => ready.promise,
    quit() {
      log.push('quit')
      if (emitCancellable(app, 'will-quit')) log.push('quit at once')
    },
    exit: (code) => void log.push(`exit ${code}`),
  } satisfies Partial<App>
  const app = Object.assign(new EventEmitter(), appMembers)

  const ipc = createIpcDouble()
  const power = createPowerDouble()
  const notifications = createNotificationDouble()
  const defaultSession = createSessionDouble()
  const shell = createShellDouble()
  const dialog = createDialogDouble({ button: 1 })
  const module = {
    app,
    BrowserWindow: class {
      static getFocusedWindow = () => null
      constructor(options: BrowserWindowConstructorOptions) {
        const created = createWindowDouble('longhaul://app/', options)
        windows.push(created)
        app.emit('web-contents-created', {}, created.contents.contents)
        created.window.on('closed', () => app.emit('window-all-closed'))
        // biome-ignore lint/correctness/noConstructorReturn: `new BrowserWindow` has to yield the double itself.
        return created.window
      }
    },
    dialog: dialog.dialog,
    ipcMain: ipc.ipcMain,
    Menu: {
      buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
      setApplicationMenu: (menu: MenuItemConstructorOptions[]) => void menus.push(menu),
    },
    Notification: Object.assign(
      function build(options: NotificationConstructorOptions) {
        return notifications.notify(options)
      },
      { isSupported: () => true },
    ),
    nativeTheme: { themeSource: 'system', shouldUseDarkColors: false } satisfies Partial<NativeTheme>,
    powerMonitor: new EventEmitter(),
    powerSaveBlocker: power.powerSaveBlocker,
    protocol: {
      registerSchemesAsPrivileged: (given) => void schemes.push(...given),
      handle: (scheme, handler) => void protocols.set(scheme, handler),
    } satisfies Partial<Protocol>,
    safeStorage: createSafeStorageDouble({ backend: 'basic_text' }),
    session: { defaultSession: defaultSession.session },
    shell: shell.shell,
  }
  const makeReady = () => {
    log.push('ready')
    ready.resolve()
  }
  return {
    module,
    log,
    windows,
    schemes,
    protocols,
    menus,
    ipc,
    power,
    notifications,
    dialog,
    defaultSession,
    makeReady,
  }
}
