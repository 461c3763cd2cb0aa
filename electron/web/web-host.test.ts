import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { success } from '../../shared/failure.ts'
import type { ContractHandlers, Push } from '../../shared/ipc-contract.ts'
import { createDispatch } from '../api/dispatch.ts'
import { makeBuiltWindow } from '../api/testing/built-window.ts'
import { browserCommand } from './open-browser.ts'
import { type ServedApi, startWebHost, type WebHost } from './web-host.ts'

let folder: string
let host: WebHost
let token: string
let authority: string
const listeners = new Set<(push: Push) => void>()

beforeAll(async () => {
  const built = await makeBuiltWindow()
  folder = built.folder
  const handlers = {
    'jobs.list': async () => success([]),
    'folder.inspect': async ({ path }: { path: string }) => success({ path }),
  } as unknown as ContractHandlers
  const api = {
    dispatch: createDispatch(handlers, () => {}),
    subscribe(listener: (push: Push) => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  const started = await startWebHost({
    api: Promise.resolve(api),
    rendererFolder: built.renderer,
    port: 0,
    host: '127.0.0.1',
  })
  if (!started.ok) throw new Error(JSON.stringify(started.failure))
  host = started.value
  token = new URL(host.url).hash.replace('#token=', '')
  authority = `127.0.0.1:${host.port}`
})
afterAll(async () => {
  await host.close()
  await rm(folder, { recursive: true })
})

type Ask = { method?: string; path?: string; headers?: Record<string, string>; body?: string }
type Answer = { status: number; headers: IncomingHttpHeaders; body: string }

/** Raw: `fetch` would not let a test send a wrong Host or an unnormalised path. */
function open({ method = 'GET', path = '/', headers = {}, body }: Ask): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: host.port, method, path, headers, agent: false }, resolve)
    request.on('error', reject)
    request.end(body)
  })
}

async function ask(what: Ask): Promise<Answer> {
  const response = await open(what)
  let body = ''
  for await (const chunk of response) body += chunk
  return { status: response.statusCode ?? 0, headers: response.headers, body }
}

const call = (changes: Ask = {}): Ask => ({
  method: 'POST',
  path: '/api/call/jobs.list',
  body: '{}',
  ...changes,
  headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...changes.headers },
})

describe('what is allowed', () => {
  test('a call with the token', async () => {
    expect(await ask(call())).toMatchObject({ status: 200, body: '{"ok":true,"value":[]}\n' })
  })

  test.each([
    ['localhost', () => ({ Host: `localhost:${host.port}` })],
    ['its own origin', () => ({ Origin: `http://${authority}`, 'Sec-Fetch-Site': 'same-origin' })],
    ['a content type with a charset', () => ({ 'Content-Type': 'application/json; charset=utf-8' })],
  ])('a call under %s', async (_, headers) => {
    expect(await ask(call({ headers: headers() }))).toMatchObject({ status: 200 })
  })

  test('the page and its assets, without a token, under a strict policy', async () => {
    const page = await ask({ path: '/?x=1' })
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('Longhaul') })
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    })
    const policy = page.headers['content-security-policy']
    expect(policy).toContain("default-src 'none'; script-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect((await ask({ path: '/assets/main-abc123.js' })).headers['cache-control']).toContain('immutable')
    expect(await ask({ method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
  })

  test('a link from another page may open the page', async () => {
    const headers = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' }
    expect(await ask({ headers })).toMatchObject({ status: 200 })
  })
})

describe('what is refused, in one line of JSON', () => {
  const withToken = () => ({ Authorization: `Bearer ${token}` })
  const refusals: Array<[string, number, () => Ask]> = [
    ['no token', 401, () => call({ headers: { Authorization: '' } })],
    ['a wrong token', 401, () => call({ headers: { Authorization: `Bearer ${'x'.repeat(43)}` } })],
    ['a token cut short', 401, () => call({ headers: { Authorization: `Bearer ${token.slice(1)}` } })],
    ['a token in the address', 401, () => ({ path: `/api/pushes?token=${token}` })],
    ['pushes without a token', 401, () => ({ path: '/api/pushes' })],
    ['another Host (DNS rebinding)', 403, () => call({ headers: { Host: `evil.example:${host.port}` } })],
    ['our Host with another port', 403, () => call({ headers: { Host: '127.0.0.1:1' } })],
    ['the page under another Host', 403, () => ({ headers: { Host: 'evil.example' } })],
    ['another Origin', 403, () => call({ headers: { Origin: 'http://evil.example' } })],
    ['another Origin on this machine', 403, () => call({ headers: { Origin: 'http://127.0.0.1:1' } })],
    ['a sandboxed Origin', 403, () => call({ headers: { Origin: 'null' } })],
    ['a call from another site', 403, () => call({ headers: { 'Sec-Fetch-Site': 'cross-site' } })],
    ['a call from a sibling', 403, () => call({ headers: { 'Sec-Fetch-Site': 'same-site' } })],
    ['an asset wanted by another site', 403, () => ({ headers: { 'Sec-Fetch-Site': 'cross-site' } })],
    ['a GET of a call', 405, () => ({ path: '/api/call/jobs.list', headers: withToken() })],
    ['a POST of the page', 405, () => ({ method: 'POST' })],
    ['an unknown API path', 404, () => ({ path: '/api/other', headers: withToken() })],
    ['a form instead of JSON', 415, () => call({ headers: { 'Content-Type': 'text/plain' } })],
    ['a body that says it is too large', 413, () => call({ headers: { 'Content-Length': '2000000' }, body: '' })],
    [
      'a body that turns out too large',
      413,
      () => call({ headers: { 'Transfer-Encoding': 'chunked' }, body: ' '.repeat(1_100_000) }),
    ],
    ['a body that is no JSON', 400, () => call({ body: '{' })],
    ['a file that is not there', 404, () => ({ path: '/nothing.js' })],
    ['a way out of the folder', 404, () => ({ path: '/../secret.json' })],
    ['... encoded', 404, () => ({ path: '/%2e%2e/secret.json' })],
    ['... with an encoded slash', 404, () => ({ path: '/..%2fsecret.json' })],
    ['... with a backslash', 404, () => ({ path: '/..\\secret.json' })],
    ['... through a link', 404, () => ({ path: '/link.json' })],
    ['a NUL in the path', 404, () => ({ path: '/index.html%00.js' })],
    ['a broken escape', 404, () => ({ path: '/%zz' })],
  ]
  test.each(refusals)('%s: %i', async (_, status, what) => {
    const answer = await ask(what()).catch((error: NodeJS.ErrnoException) => ({
      status: 0,
      headers: {},
      body: String(error.code),
    }))
    // An over-long body may be cut while it is still being sent: refused as well.
    if (status === 413 && answer.status === 0) return expect(['EPIPE', 'ECONNRESET']).toContain(answer.body)
    expect(answer.status).toBe(status)
    expect(answer.body).toMatch(/^\{"ok":false,.*\}\n$/)
    expect(answer.body).not.toContain('    at ')
  })

  test('an unknown call is a usage failure, not a crash', async () => {
    const answer = await ask(call({ path: '/api/call/jobs.explode' }))
    expect(JSON.parse(answer.body)).toMatchObject({ ok: false, failure: { code: 'unknown-call' } })
  })
})

describe('pushes', () => {
  const snapshot = (jobId: string, fill = '') =>
    ({ name: 'snapshot', payload: { jobId, snapshot: { fill } } }) as unknown as Push
  const event = (number: number) => ({ name: 'event', payload: { jobId: 'j', event: { number } } }) as unknown as Push
  const tell = (push: Push) => {
    for (const listener of listeners) listener(push)
  }
  const connect = () => open({ path: '/api/pushes', headers: { Authorization: `Bearer ${token}` } })

  test('arrive as lines, and the subscription ends with the connection', async () => {
    const response = await connect()
    expect(response.headers['content-type']).toBe('application/x-ndjson; charset=utf-8')
    await expect.poll(() => listeners.size).toBe(1)
    tell(event(1))
    tell(event(2))
    let text = ''
    for await (const chunk of response) {
      text += chunk
      if (text.split('\n').length > 2) break
    }
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).payload.event.number),
    ).toEqual([1, 2])
    response.destroy()
    await expect.poll(() => listeners.size).toBe(0)
  })

  test('a reader that sleeps loses snapshots, the newest comes at the end, and no event is lost', async () => {
    const response = await connect()
    await expect.poll(() => listeners.size).toBe(1)
    const fill = 'x'.repeat(100_000)
    for (let number = 0; number < 300; number++) {
      tell(snapshot('j', `${number} ${fill}`))
      tell(event(number))
    }
    const events: number[] = []
    let snapshots = 0
    let last = ''
    let text = ''
    for await (const chunk of response) {
      text += chunk
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      for (const push of lines.map((line) => JSON.parse(line))) {
        if (push.name === 'event') events.push(push.payload.event.number)
        if (push.name !== 'snapshot') continue
        snapshots++
        last = push.payload.snapshot.fill.split(' ')[0]
      }
      if (last === '299') break
    }
    expect(events).toEqual(Array.from({ length: 300 }, (_, number) => number))
    expect(snapshots).toBeLessThan(300)
    response.destroy()
  })

  test('a reader that never reads is cut off instead of filling the memory', async () => {
    const response = await connect()
    response.pause()
    await expect.poll(() => listeners.size).toBe(1)
    const big = { name: 'event', payload: { jobId: 'j', event: { fill: 'x'.repeat(1_000_000) } } } as unknown as Push
    await expect
      .poll(() => {
        tell(big)
        return listeners.size
      })
      .toBe(0)
    response.destroy()
  })
})

test('the page is served while the program behind it is still opening', async () => {
  const opening = Promise.withResolvers<ServedApi>()
  const started = await startWebHost({
    api: opening.promise,
    rendererFolder: join(folder, 'renderer'),
    port: 0,
    host: '127.0.0.1',
  })
  if (!started.ok) throw new Error(JSON.stringify(started.failure))
  const { origin, hash } = new URL(started.value.url)
  expect((await fetch(`${origin}/`)).status).toBe(200)
  const headers = { Authorization: `Bearer ${hash.replace('#token=', '')}`, 'Content-Type': 'application/json' }
  const answer = fetch(`${origin}/api/call/jobs.list`, { method: 'POST', headers, body: '{}' })
  opening.resolve({ dispatch: async () => success([]), subscribe: () => () => {} })
  expect(await (await answer).json()).toEqual({ ok: true, value: [] })
  await started.value.close()
})

test('a tab that is closed while the program behind the page is still opening is told nothing', async () => {
  const opening = Promise.withResolvers<ServedApi>()
  const rendererFolder = join(folder, 'renderer')
  const started = await startWebHost({ api: opening.promise, rendererFolder, port: 0, host: '127.0.0.1' })
  if (!started.ok) throw new Error(JSON.stringify(started.failure))
  const { origin, hash } = new URL(started.value.url)
  const headers = { Authorization: `Bearer ${hash.replace('#token=', '')}` }
  const tab = httpRequest(`${origin}/api/pushes`, { headers, agent: false })
  tab.on('error', () => {})
  tab.end()
  await once(tab, 'finish')
  // The page comes over another connection: by then the first request is there.
  await (await fetch(`${origin}/`)).text()
  tab.destroy()
  await (await fetch(`${origin}/`)).text()
  let subscriptions = 0
  const subscribe = () => {
    subscriptions++
    return () => {}
  }
  opening.resolve({ dispatch: async () => success([]), subscribe })
  await (await fetch(`${origin}/`)).text()
  await started.value.close()
  expect(subscriptions).toBe(0)
})

test('a taken port and a window that is not built are failures, not crashes', async () => {
  const api = new Promise<never>(() => {})
  const rendererFolder = join(folder, 'renderer')
  expect(await startWebHost({ api, rendererFolder, port: host.port, host: '127.0.0.1' })).toMatchObject({
    ok: false,
    failure: { class: 'usage', code: 'EADDRINUSE', subject: authority },
  })
  expect(await startWebHost({ api, rendererFolder: folder, port: 0, host: '127.0.0.1' })).toMatchObject({
    failure: { code: 'not-built' },
  })
})

test.each([
  ['win32', {}, 'rundll32'],
  ['darwin', {}, 'open'],
  ['linux', { DISPLAY: ':0' }, 'xdg-open'],
  ['linux', {}, undefined],
] as const)('a browser on %s with %j: %s', (platform, environment, command) => {
  expect(browserCommand('http://127.0.0.1:1/', platform, environment)?.command).toBe(command)
})
