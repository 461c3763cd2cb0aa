import { describe, expect, test } from 'vitest'
import { createParsedContract, parsePush, type Transport } from './parsed-client.ts'
import { createLineSplitter } from './split-lines.ts'
import { createWebClient, takeToken } from './web-client.ts'

const answering = (answer: unknown): Transport => ({
  call: async () => answer,
  subscribe: () => () => {},
})

describe('answers are parsed', () => {
  const rows: [string, unknown, object][] = [
    ['a right answer passes', { ok: true, value: { id: 'k1' } }, { ok: true, value: { id: 'k1' } }],
    ['a failure passes', { ok: false, failure: { class: 'denied' } }, { ok: false, failure: { class: 'denied' } }],
    ['no outcome at all', 'hello', { ok: false, failure: { class: 'protocol', code: 'CONTRACT_BROKEN' } }],
    ['a value of another shape', { ok: true, value: { id: 7 } }, { ok: false, failure: { class: 'protocol' } }],
    [
      'a failure class nobody knows',
      { ok: false, failure: { class: 'odd' } },
      { ok: false, failure: { class: 'protocol' } },
    ],
  ]
  test.each(rows)('%s', async (_, answer, expected) => {
    const client = createParsedContract(answering(answer))
    const keys = { label: 'lab', accessKeyId: 'id', secretAccessKey: 'secret' }
    expect(await client.call('access.saveKeys', keys)).toMatchObject(expected)
  })

  test('a transport that fails is a failure, not an exception', async () => {
    const client = createParsedContract({ call: () => Promise.reject(new Error('gone')), subscribe: () => () => {} })
    expect(await client.call('app.info', {})).toEqual({
      ok: false,
      failure: { class: 'connect', code: 'PROGRAM_UNREACHABLE', detail: 'gone' },
    })
  })
})

test.each([
  ['a push of the contract', { name: 'job-removed', payload: { jobId: 'a' } }, true],
  ['a push of a newer program', { name: 'weather', payload: {} }, false],
  ['a name that every object has', { name: 'constructor', payload: {} }, false],
  ['a payload of another shape', { name: 'job-removed', payload: { jobId: '' } }, false],
  ['no object', null, false],
])('%s', (_, received, passes) => {
  expect(parsePush(received) !== undefined).toBe(passes)
})

test.each([
  ['whole lines', ['a\nb\n'], ['a', 'b']],
  ['a line in pieces', ['{"a', '":1', '}\n'], ['{"a":1}']],
  ['keep-alives', ['\n\n', 'a\n\n'], ['a']],
  ['an unfinished line waits', ['a\nb'], ['a']],
])('lines: %s', (_, pieces, lines) => {
  const split = createLineSplitter()
  expect(pieces.flatMap(split)).toEqual(lines)
})

describe('the token', () => {
  const storage = () => {
    const kept = new Map<string, string>()
    return {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, text: string) => kept.set(key, text),
    }
  }
  test('moves from the address into the storage of the tab, and is found there after a reload', () => {
    const kept = storage() as unknown as Storage
    const addresses: string[] = []
    const history = { replaceState: (_: unknown, __: string, url: string) => addresses.push(url) } as unknown as History
    const at = (hash: string) => ({ hash, pathname: '/', search: '' }) as Location
    expect(takeToken(at('#token=aB_3-x'), history, kept)).toBe('aB_3-x')
    expect(addresses).toEqual(['/'])
    expect(takeToken(at('#/job/1'), history, kept)).toBe('aB_3-x')
  })
  test('is empty when nobody gave one', () => {
    expect(takeToken({ hash: '' } as Location, {} as History, storage() as unknown as Storage)).toBe('')
  })
})

describe('over loopback', () => {
  type Line = ReadableStreamDefaultController<Uint8Array>
  function server(status = 200) {
    const lines: Line[] = []
    const requests: { url: string; authorization: string }[] = []
    const fetch = (async (url: string, init: RequestInit) => {
      requests.push({ url, authorization: new Headers(init.headers).get('authorization') ?? '' })
      if (status !== 200) return new Response('', { status })
      if (url !== '/api/pushes') return Response.json({ ok: true, value: {} })
      return new Response(new ReadableStream<Uint8Array>({ start: (controller) => void lines.push(controller) }))
    }) as typeof globalThis.fetch
    return { fetch, lines, requests }
  }
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  test('every request carries the token, and pushes arrive', async () => {
    const { fetch, lines, requests } = server()
    const client = createWebClient({ fetch, token: 'T' })
    const received: string[] = []
    client.subscribe((push) => received.push(push.name))
    await until(() => lines.length === 1)
    lines[0]?.enqueue(new TextEncoder().encode('{"name":"job-removed","payload":{"jobId":"a"}}\n'))
    await until(() => received.length === 1)
    expect(await client.call('jobs.pause', { jobId: 'a' })).toEqual({ ok: true, value: {} })
    expect(requests).toEqual([
      { url: '/api/pushes', authorization: 'Bearer T' },
      { url: '/api/call/jobs.pause', authorization: 'Bearer T' },
    ])
    client.close()
  })

  test('a line that ends is opened again, and watchers hear of both', async () => {
    const { fetch, lines } = server()
    const client = createWebClient({ fetch, token: 'T' })
    const states: string[] = []
    client.watchHostState((state) => states.push(state))
    await until(() => lines.length === 1)
    lines[0]?.close()
    await until(() => lines.length === 2 && states.length === 2)
    expect(states).toEqual(['lost', 'connected'])
    client.close()
  })

  test('a refused token ends the attempts', async () => {
    const { fetch, requests } = server(401)
    const client = createWebClient({ fetch, token: 'old' })
    await until(() => client.hostState() === 'refused')
    expect(requests).toHaveLength(1)
    client.close()
  })
})
