/** main.ts and preload.ts as a whole, over a double of Electron that its own d.ts types. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CALL_CHANNEL, PUSH_CHANNEL } from './channels.ts'
import { createElectronDouble } from './testing/electron-double.ts'
import { sampleJob } from './testing/sample-job.ts'

let folder: string
const BUGS = ['uncaughtException', 'unhandledRejection'] as const
const listenersBefore = BUGS.map((event) => [event, process.listeners(event as 'exit')] as const)
const newListeners = () =>
  listenersBefore.flatMap(([event, before]) =>
    process
      .listeners(event as 'exit')
      .filter((listener) => !before.includes(listener))
      .map((listener) => ({ event, listener: listener as (error: unknown) => void })),
  )
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-main-'))
  vi.stubEnv('LONGHAUL_STATE_FOLDER', folder)
  vi.stubEnv('DISPLAY', ':0')
})
afterEach(async () => {
  vi.doUnmock('electron')
  vi.unstubAllEnvs()
  for (const { event, listener } of newListeners()) process.off(event, listener)
  await rm(folder, { recursive: true })
})

async function start(parts: { isFirstInstance: boolean }) {
  const double = createElectronDouble(parts)
  vi.resetModules()
  vi.doMock('electron', () => double.module)
  await import('./main.ts')
  return double
}

async function startWindow() {
  const double = await start({ isFirstInstance: true })
  double.makeReady()
  await expect.poll(() => double.windows[0]?.done.length).toBeGreaterThan(0)
  const [window] = double.windows
  if (!window) throw new Error('there is no window')
  return { ...double, window }
}

describe('before Electron is ready', () => {
  test('one instance per state folder: a second start leaves at once, without a window or a scheme', async () => {
    const { log, schemes, windows } = await start({ isFirstInstance: false })
    expect(log).toEqual([`setPath userData ${join(folder, 'desktop')}`, 'quit', 'quit at once'])
    expect([schemes, windows]).toEqual([[], []])
  })

  test('every page is sandboxed and the scheme is standard, secure, keeps compiled code and bypasses no policy', async () => {
    const { log, schemes } = await start({ isFirstInstance: true })
    expect(log).toContain('enableSandbox')
    expect(schemes).toHaveLength(1)
    expect(schemes[0]).toMatchObject({
      scheme: 'longhaul',
      privileges: { standard: true, secure: true, codeCache: true, bypassCSP: false },
    })
  })

  test.each(BUGS)('a bug of the program is in its log: %s', async (event) => {
    await start({ isFirstInstance: true })
    for (const each of newListeners()) if (each.event === event) each.listener(new Error('a planted bug'))
    expect(await readFile(join(folder, 'longhaul.log'), 'utf8')).toContain('a planted bug')
  })

  test('a state folder that cannot be made: one message, exit code 1, no window', async () => {
    const blocked = join(folder, 'a-file')
    await writeFile(blocked, '')
    vi.stubEnv('LONGHAUL_STATE_FOLDER', join(blocked, 'below'))
    const { dialog, log, schemes } = await start({ isFirstInstance: true })
    expect(dialog.asked).toHaveLength(1)
    expect(dialog.asked[0]).toMatch(/^Longhaul (?:cannot start|无法启动): /)
    expect([log, schemes]).toEqual([['exit 1'], []])
  })
})

describe('the window', () => {
  test('has isolated, sandboxed contents without Node and without developer tools', async () => {
    const { window } = await startWindow()
    expect(window.options.webPreferences).toMatchObject({
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
      devTools: false,
    })
    expect(window.options.webPreferences).not.toHaveProperty('enableBlinkFeatures')
    expect(window.options.webPreferences?.preload).toMatch(/preload\.cjs$/)
    expect(window.options).toMatchObject({ name: 'main', windowStatePersistence: true, show: false })
  })

  test('loads our page, which is locked down and served by our protocol', async () => {
    const { window, protocols, defaultSession } = await startWindow()
    expect(window.done).toEqual(['load longhaul://app/'])
    expect(window.contents.state.openHandler?.({ url: 'https://example.org/' } as never)).toEqual({ action: 'deny' })
    expect([...protocols.keys()]).toEqual(['longhaul'])
    expect(Object.keys(defaultSession.handlers).sort()).toEqual(['check', 'device', 'request'])
  })

  test('ignores the address of a development server once packaged', async () => {
    vi.stubEnv('ELECTRON_RENDERER_URL', 'http://localhost:5173/')
    expect((await startWindow()).window.done).toEqual(['load longhaul://app/'])
  })

  test('answers the contract, and keeps keys for the session where there is no vault', async () => {
    const { window, ipc } = await startWindow()
    const sender = { senderFrame: window.contents.contents.mainFrame }
    expect(await ipc.invoke(CALL_CHANNEL, sender, 'app.info', {})).toMatchObject({
      ok: true,
      value: {
        host: 'desktop',
        version: '1.2.3',
        systemLanguage: 'zh',
        nativeDialogs: true,
        defaultFolder: join('/known/downloads', 'longhaul'),
        vault: expect.any(String),
      },
    })
    expect(await ipc.invoke(CALL_CHANNEL, { senderFrame: null }, 'app.info', {})).toMatchObject({ ok: false })
  })

  test('follows the settings: theme and the language of the menu', async () => {
    const { window, ipc, module, menus } = await startWindow()
    const sender = { senderFrame: window.contents.contents.mainFrame }
    expect(menus.at(-1)?.[0]?.label).toBe('文件')
    await ipc.invoke(CALL_CHANNEL, sender, 'settings.write', { language: 'en', theme: 'dark' })
    expect([module.nativeTheme.themeSource, menus.at(-1)?.[0]?.label]).toEqual(['dark', 'File'])
    expect(window.contents.sent.at(-1)?.[0]).toBe(PUSH_CHANNEL)
  })

  test('comes to the front when the program is started again', async () => {
    const { window, module } = await startWindow()
    window.state.isMinimized = true
    module.app.emit('second-instance', {}, ['Longhaul.exe'])
    expect(window.done.slice(1)).toEqual(['restore', 'show', 'focus'])
  })

  test('comes back after its process dies, but in a circle only as long as the user wants it to', async () => {
    const { window, log, dialog } = await startWindow()
    const { contents, state } = window.contents
    const crash = () => contents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 })
    crash()
    contents.emit('render-process-gone', {}, { reason: 'clean-exit', exitCode: 0 })
    expect([state.reloads, dialog.asked]).toEqual([1, []])
    dialog.answers.button = 0
    crash()
    await expect.poll(() => state.reloads).toBe(2)
    expect([dialog.asked, log.includes('quit')]).toEqual([['窗口内容无法显示'], false])
    dialog.answers.button = 1
    crash()
    await expect.poll(() => log).toContain('quit')
    expect(state.reloads).toBe(2)
    expect(await readFile(join(folder, 'longhaul.log'), 'utf8')).toContain('crashed')
  })

  test('closed: the bridge is gone, the jobs are put on disk, then the process ends', async () => {
    const { window, ipc, log } = await startWindow()
    window.window.close()
    expect([ipc.handlers.size, log.includes('quit')]).toEqual([0, true])
    await expect.poll(() => log).toContain('exit 0')
    expect(log).not.toContain('quit at once')
  })

  test('Windows shuts down: the jobs are put on disk, though nobody closes or quits anything', async () => {
    const { window, ipc } = await startWindow()
    const sender = { senderFrame: window.contents.contents.mainFrame }
    window.window.emit('session-end', {})
    const spec = { source: { bucket: 'b', prefix: '', access: { kind: 'anonymous' } }, destination: folder }
    await expect
      .poll(() => ipc.invoke(CALL_CHANNEL, sender, 'jobs.start', spec))
      .toMatchObject({ ok: false, failure: { class: 'cancelled' } })
  })

  describe('installed on Windows, with the wish to go on after a restart', () => {
    const { platform, argv } = process
    let program: Awaited<ReturnType<typeof startWindow>>
    const startProgram = async () => {
      program = await startWindow()
      return program
    }
    beforeEach(async () => {
      Object.defineProperty(process, 'platform', { value: 'win32' })
      await writeFile(join(folder, 'settings.json'), JSON.stringify({ resumeAfterRestart: true }))
      await mkdir(join(folder, 'jobs'))
      const job = sampleJob({ spec: { ...sampleJob().spec, destination: folder } })
      await writeFile(join(folder, 'jobs', 'job-1.json'), JSON.stringify(job))
    })
    afterEach(async () => {
      // A job that goes on writes to the folder until the program has ended.
      if (!program.log.includes('exit 0')) {
        program.window.window.emit('session-end', {})
        program.window.window.close()
        await expect.poll(() => program.log).toContain('exit 0')
      }
      Object.defineProperty(process, 'platform', { value: platform })
      process.argv = argv
    })
    const ADDED = 'starts at login: app.longhaul.desktop --resume-jobs'
    const REMOVED = 'does not start at login: app.longhaul.desktop --resume-jobs'
    const eventsOf = async ({ ipc, window }: Awaited<ReturnType<typeof startWindow>>) => {
      const sender = { senderFrame: window.contents.contents.mainFrame }
      const read = await ipc.invoke(CALL_CHANNEL, sender, 'jobs.events', { jobId: 'job-1', limit: 10 })
      return (read as { value: { code: string; reason: unknown }[] }).value
    }
    const GOES_ON = [{ code: 'resumed', reason: { cause: 'restart' } }]

    test('started at login: resumes what was interrupted, and stays on the taskbar', async () => {
      process.argv = ['Longhaul.exe', '--resume-jobs']
      const double = await startProgram()
      double.window.window.emit('ready-to-show')
      await expect.poll(() => eventsOf(double)).toMatchObject(GOES_ON)
      expect([double.window.done, double.log.filter((line) => line.includes('login'))]).toEqual([
        ['load longhaul://app/', 'minimize'],
        [ADDED],
      ])
    })

    test('started by hand: offers it; the start at login that comes behind goes on with it, and takes no focus', async () => {
      const double = await startProgram()
      double.window.window.emit('ready-to-show')
      expect(await eventsOf(double)).toEqual([])
      double.module.app.emit('second-instance', {}, ['Longhaul.exe', '--resume-jobs'])
      await expect.poll(() => eventsOf(double)).toMatchObject(GOES_ON)
      expect(double.window.done).toEqual(['load longhaul://app/', 'show'])
    })

    test.each([
      ['its user leaves: it is not started any more', false, [ADDED, REMOVED]],
      ['the machine goes down: it is', true, [ADDED]],
    ])('%s', async (_name, isMachineDown, expected) => {
      const { window, log } = await startProgram()
      if (isMachineDown) window.window.emit('session-end', {})
      window.window.close()
      await expect.poll(() => log).toContain('exit 0')
      expect(log.filter((line) => line.includes('login'))).toEqual(expected)
    })
  })

  test('starts over a damaged settings file, and says so in the log', async () => {
    await writeFile(join(folder, 'settings.json'), 'no JSON at all')
    const { window } = await startWindow()
    expect(window.done).toEqual(['load longhaul://app/'])
    expect(await readFile(join(folder, 'longhaul.log'), 'utf8')).toContain('settings')
  })
})

describe('the preload script', () => {
  test('gives the page two functions and hides the event, which leads to Electron', async () => {
    const exposed: Record<string, unknown> = {}
    const listeners = new Set<(...args: unknown[]) => void>()
    const ipcRenderer = {
      invoke: vi.fn(async () => 'answer'),
      on: (channel: string, listener: () => void) => channel === PUSH_CHANNEL && listeners.add(listener),
      off: (channel: string, listener: () => void) => channel === PUSH_CHANNEL && listeners.delete(listener),
    }
    const contextBridge = { exposeInMainWorld: (name: string, api: unknown) => Object.assign(exposed, { [name]: api }) }
    vi.resetModules()
    vi.doMock('electron', () => ({ contextBridge, ipcRenderer }))
    await import('./preload.ts')

    const bridge = exposed.longhaul as {
      call(name: string, input: unknown): Promise<unknown>
      subscribe(listener: (...received: unknown[]) => void): () => void
    }
    expect(Object.keys(exposed)).toEqual(['longhaul'])
    expect(Object.keys(bridge).sort()).toEqual(['call', 'subscribe'])
    expect(await bridge.call('jobs.list', {})).toBe('answer')
    expect(ipcRenderer.invoke).toHaveBeenCalledWith(CALL_CHANNEL, 'jobs.list', {})
    const received: unknown[][] = []
    const end = bridge.subscribe((...args) => received.push(args))
    for (const listener of listeners) listener({ sender: 'ipcRenderer' }, { name: 'snapshot' })
    expect(received).toEqual([[{ name: 'snapshot' }]])
    end()
    expect(listeners.size).toBe(0)
  })
})
