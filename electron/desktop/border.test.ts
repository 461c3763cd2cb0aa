/** What may reach the program from a page, and what a page may do: one table for each border. */
import { rm } from 'node:fs/promises'
import type { WebContents } from 'electron'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { success } from '../../shared/failure.ts'
import type { ContractHandlers, Push } from '../../shared/ipc-contract.ts'
import { makeBuiltWindow } from '../api/testing/built-window.ts'
import { APP_PAGE, isSameOrigin } from './app-origin.ts'
import { createAppProtocol } from './app-protocol.ts'
import { openCallBridge } from './call-bridge.ts'
import { CALL_CHANNEL, PUSH_CHANNEL } from './channels.ts'
import { denyPermissions, lockDownContents, mayOpenOutside } from './lock-down.ts'
import {
  createContentsDouble,
  createIpcDouble,
  createSessionDouble,
  createShellDouble,
  emitCancellable,
  frameDouble,
} from './testing/electron-double.ts'
import { sampleJob } from './testing/sample-job.ts'

describe('origin of the page', () => {
  test.each<[string, string, boolean]>([
    ['the page itself', 'longhaul://app/', true],
    ['a route of the page', 'longhaul://app/index.html#/job/1', true],
    ['another host of our scheme', 'longhaul://evil/', false],
    ['a host that begins like ours', 'longhaul://app.evil.example/', false],
    ['a port of our host', 'longhaul://app:81/', false],
    ['a name before our host', 'longhaul://user@app/', false],
    ['the web', 'https://app/', false],
    ['a file', 'file:///app/', false],
    ['nothing', '', false],
    ['a blank page', 'about:blank', false],
    ['a data address', 'data:text/html,longhaul://app/', false],
  ])('%s: %s', (_name, url, expected) => {
    expect(isSameOrigin(APP_PAGE, url)).toBe(expected)
  })
})

describe('calls over IPC', () => {
  function open() {
    const ipc = createIpcDouble()
    const { contents, sent, state } = createContentsDouble(APP_PAGE)
    const asked: unknown[] = []
    const problems: string[] = []
    const listeners = new Set<(push: Push) => void>()
    const handlers = {
      'folder.inspect': async (request: unknown) => {
        asked.push(request)
        return success(request)
      },
    } as unknown as ContractHandlers
    const bridge = openCallBridge({
      ipcMain: ipc.ipcMain,
      contents,
      page: APP_PAGE,
      api: {
        handlers,
        subscribe(listener) {
          listeners.add(listener)
          return () => void listeners.delete(listener)
        },
      },
      logProblem: (where) => problems.push(where),
    })
    const push = (news: Push) => {
      for (const listener of listeners) listener(news)
    }
    return { ipc, contents, sent, state, asked, problems, bridge, push, listeners }
  }

  test('the main frame of our window is answered', async () => {
    const { ipc, contents, asked } = open()
    const answer = await ipc.invoke(CALL_CHANNEL, { senderFrame: contents.mainFrame }, 'folder.inspect', { path: '/a' })
    expect(answer).toEqual(success({ path: '/a' }))
    expect(asked).toEqual([{ path: '/a' }])
  })

  type Sender = (contents: WebContents) => { senderFrame: WebContents['mainFrame'] | null }
  test.each<[string, Sender]>([
    ['a frame inside our page', () => ({ senderFrame: frameDouble(APP_PAGE) })],
    ['a frame that is gone', () => ({ senderFrame: null })],
    [
      'the main frame after it went elsewhere',
      (contents) => {
        Object.assign(contents.mainFrame, { url: 'https://evil.example/' })
        return { senderFrame: contents.mainFrame }
      },
    ],
    ['the main frame of another window', () => ({ senderFrame: createContentsDouble(APP_PAGE).contents.mainFrame })],
  ])('%s is refused, and the handler never hears of it', async (_name, senderOf) => {
    const { ipc, contents, asked, problems } = open()
    const answer = await ipc.invoke(CALL_CHANNEL, senderOf(contents), 'folder.inspect', { path: '/a' })
    expect(answer).toEqual({ ok: false, failure: { class: 'denied', code: 'foreign-sender' } })
    expect(asked).toEqual([])
    expect(problems).toEqual(['ipc'])
  })

  test.each<[string, unknown[], string]>([
    ['a call that does not exist', ['jobs.destroy', {}], 'unknown-call'],
    ['a name of the prototype', ['constructor', {}], 'unknown-call'],
    ['a name that is no text', [{ toString: () => 'folder.inspect' }, {}], 'unknown-call'],
    ['an argument of the wrong type', ['folder.inspect', { path: 7 }], 'bad-input'],
    ['no argument', ['folder.inspect'], 'bad-input'],
  ])('%s is a usage failure', async (_name, args, code) => {
    const { ipc, contents, asked } = open()
    const answer = await ipc.invoke(CALL_CHANNEL, { senderFrame: contents.mainFrame }, ...args)
    expect(answer).toMatchObject({ ok: false, failure: { class: 'usage', code } })
    expect(asked).toEqual([])
  })

  test('pushes go to the page until it is gone; closing leaves no handler behind', () => {
    const { ipc, sent, state, bridge, push, listeners } = open()
    const news: Push = { name: 'job-changed', payload: sampleJob() }
    push(news)
    expect(sent).toEqual([[PUSH_CHANNEL, news]])
    state.isDestroyed = true
    push(news)
    expect(sent).toHaveLength(1)
    bridge.close()
    expect([ipc.handlers.size, listeners.size]).toEqual([0, 0])
  })
})

describe('what a page may do', () => {
  const guarded = () => {
    const page = createContentsDouble(APP_PAGE)
    const outside = createShellDouble()
    lockDownContents(page.contents, APP_PAGE, outside.shell)
    return { ...page, ...outside }
  }

  test.each<[string, string, boolean]>([
    ['reload itself', 'longhaul://app/', true],
    ['go to the web', 'https://example.org/', false],
    ['go to a file', 'file:///etc/passwd', false],
    ['go to a script', 'javascript:alert(1)', false],
    ['go to another host of the scheme', 'longhaul://other/', false],
  ])('%s: %s', (_name, url, allowed) => {
    for (const event of ['will-frame-navigate', 'will-redirect']) {
      expect(emitCancellable(guarded().contents, event, { url })).toBe(allowed)
    }
  })

  test.each<[string, string, boolean]>([
    ['the AWS documentation', 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/', true],
    ['the same without TLS', 'http://docs.aws.amazon.com/', false],
    ['a host that ends alike', 'https://evil-docs.aws.amazon.com.example/', false],
    ['a host below it', 'https://x.docs.aws.amazon.com/', false],
    ['another port', 'https://docs.aws.amazon.com:8443/', false],
    ['a name before the host', 'https://docs.aws.amazon.com@evil.example/', false],
    ['a program of the system', 'ms-msdt:/id', false],
    ['a file', 'file:///C:/Windows/System32/calc.exe', false],
    ['a share', '\\\\evil\\share\\x.exe', false],
    ['no address', 'nothing', false],
  ])('open outside, never as a window: %s', (_name, url, allowed) => {
    const { state, opened } = guarded()
    const answer = state.openHandler?.({ url } as never)
    expect(answer).toEqual({ action: 'deny' })
    expect(opened).toEqual(allowed ? [url] : [])
    expect(mayOpenOutside(url)).toBe(allowed)
  })

  test('no webview is attached', () => {
    expect(emitCancellable(guarded().contents, 'will-attach-webview')).toBe(false)
  })

  test.each<[string, string, boolean]>([
    ['clipboard-sanitized-write', APP_PAGE, true],
    ['clipboard-sanitized-write', 'https://evil.example/', false],
    ['clipboard-read', APP_PAGE, false],
    ['geolocation', APP_PAGE, false],
    ['media', APP_PAGE, false],
    ['notifications', APP_PAGE, false],
    ['openExternal', APP_PAGE, false],
    ['fileSystem', APP_PAGE, false],
    ['hid', APP_PAGE, false],
  ])('permission %s for %s', (permission, requestingUrl, allowed) => {
    const { session, handlers } = createSessionDouble()
    denyPermissions(session, APP_PAGE)
    let answered: boolean | undefined
    const answer = (granted: boolean) => {
      answered = granted
    }
    handlers.request?.({} as never, permission as never, answer, { requestingUrl } as never)
    expect(answered).toBe(allowed)
    expect(handlers.check?.(null, permission as never, requestingUrl, {} as never)).toBe(allowed)
    expect(handlers.device?.({} as never)).toBe(false)
  })
})

describe('files of the page', () => {
  let folder: string
  let serve: (request: Request) => Promise<Response>

  beforeAll(async () => {
    const built = await makeBuiltWindow()
    folder = built.folder
    serve = createAppProtocol(built.renderer)
  })
  afterAll(() => rm(folder, { recursive: true }))

  test.each<[string, string, string]>([
    ['longhaul://app/', 'text/html; charset=utf-8', '<!doctype html><title>Longhaul</title>'],
    ['longhaul://app/index.html', 'text/html; charset=utf-8', '<!doctype html><title>Longhaul</title>'],
    ['longhaul://app/assets/main-abc123.js?v=1#x', 'text/javascript; charset=utf-8', 'export {}'],
  ])('%s is served as %s', async (url, type, body) => {
    const response = await serve(new Request(url))
    expect([response.status, response.headers.get('Content-Type'), await response.text()]).toEqual([200, type, body])
  })

  test.each<[string, string]>([
    ['up by dots', 'longhaul://app/../secret.json'],
    ['up by escaped dots', 'longhaul://app/%2e%2e/secret.json'],
    ['up by an escaped slash', 'longhaul://app/..%2fsecret.json'],
    ['up by a backslash', 'longhaul://app/..%5csecret.json'],
    ['twice escaped', 'longhaul://app/%252e%252e/secret.json'],
    ['over a link', 'longhaul://app/link.json'],
    ['a drive', 'longhaul://app/C:/Windows/win.ini'],
    ['a nul byte', 'longhaul://app/index.html%00.js'],
    ['half an escape', 'longhaul://app/%'],
    ['a type that no build makes', 'longhaul://app/main.map'],
    ['a file that is not there', 'longhaul://app/assets/other.js'],
    ['another host', 'longhaul://other/index.html'],
  ])('%s is not found', async (_name, url) => {
    const response = await serve(new Request(url))
    expect([response.status, await response.text()]).toEqual([404, ''])
  })

  test('nothing but GET', async () => {
    expect((await serve(new Request(APP_PAGE, { method: 'POST', body: 'x' }))).status).toBe(405)
  })

  /** The same as in window-headers.ts, on purpose in a second place: opening one has to be meant. */
  const CONTENT_SECURITY_POLICY = [
    ...["default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'"],
    ...["img-src 'self' data:", "font-src 'self' data:", "connect-src 'none'"],
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join('; ')

  test('every answer carries the policy, which lets no foreign or inline script run', async () => {
    for (const url of [APP_PAGE, 'longhaul://app/missing.js']) {
      const { headers } = await serve(new Request(url))
      expect(headers.get('Content-Security-Policy')).toBe(CONTENT_SECURITY_POLICY)
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    }
  })
})
