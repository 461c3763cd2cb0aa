/** What the SDK leaves to us. What it does right is in `testing/object-source.test.ts`. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Failure, success } from '../../../shared/failure.ts'
import { type Source, sourceSchema } from '../../../shared/job-spec.ts'
import type { Credentials } from './bucket-client.ts'
import { createS3ObjectSource } from './s3-object-source.ts'

let server: Server
afterEach(() => {
  vi.useRealTimers()
  server.closeAllConnections()
  server.close()
})

/** `answer`: to every request. */
const NOW = Date.UTC(2025, 9, 4)

async function openSource(
  answer: RequestListener,
  credentials?: (areRefused?: boolean) => Promise<Credentials>,
  more: Partial<Source> = {},
  host = '127.0.0.1',
  isProxy = false,
  addresses = ['127.0.0.1'],
) {
  server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return createS3ObjectSource({
    source: sourceSchema.parse({ bucket: 'bucket', prefix: '', endpointUrl: `http://${host}:${port}`, ...more }),
    clock: { now: () => NOW },
    ...(credentials ? { credentials } : {}),
    resolver: {
      resolve: async () => success({ addresses, ttlSeconds: 60, milliseconds: 1, from: 'fixed' }),
    },
    proxyFor: async () => (isProxy ? `http://127.0.0.1:${port}` : ''),
    ca: [],
  })
}

it('each connection begins with another address of the host: one of them may be bad', async () => {
  const asked: (string | undefined)[] = []
  const answer: RequestListener = ({ socket }, response) => {
    asked.push(socket.localAddress)
    response.setHeader('connection', 'close').end('<ListBucketResult></ListBucketResult>')
  }
  const source = await openSource(answer, undefined, {}, 's3.example', false, ['127.0.0.1', '127.0.0.2'])
  const other = createServer(answer)
  const { port } = (server as Server).address() as AddressInfo
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.2', resolve))
  const { signal } = new AbortController()
  for (let page = 0; page < 4; page++) await source.listPage({ prefix: '' }, signal)
  source.close()
  other.close()
  expect(asked).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.1', '127.0.0.2'])
})

it('credentials that expire are renewed for listings and HEADs too', async () => {
  const signed: (string | undefined)[] = []
  let asked = 0
  const source = await openSource(
    ({ headers }, response) => {
      signed.push(/Credential=(\w+)/.exec(headers.authorization ?? '')?.[1])
      response.end('<ListBucketResult></ListBucketResult>')
    },
    async () => ({ accessKeyId: `KEY${++asked}`, secretAccessKey: 'secret', expiresAt: Date.now() + 60_000 }),
  )
  const { signal } = new AbortController()
  await source.listPage({ prefix: '' }, signal)
  const [first] = signed
  await source.listPage({ prefix: '' }, signal)
  await source.headObject('key', {}, signal)
  source.close()
  expect(signed).toHaveLength(3)
  expect(signed.slice(1)).not.toContain(first)
})

it.each([
  ['are used at once where there are others', 'NEW', true],
  ['are an answer where there are none', 'OLD', false],
])('keys without an end that are refused %s', async (_name, found, isGranted) => {
  let current = 'OLD'
  const signed: (string | undefined)[] = []
  const source = await openSource(
    ({ headers }, response) => {
      const keyId = /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1]
      signed.push(keyId)
      if (keyId === 'OLD')
        response.writeHead(400).end('<Error><Code>ExpiredToken</Code><Message>over</Message></Error>')
      else response.end('<ListBucketResult></ListBucketResult>')
    },
    async (areRefused) => {
      if (areRefused) current = found
      return { accessKeyId: current, secretAccessKey: 'secret' }
    },
  )
  const page = await source.listPage({ prefix: '' }, new AbortController().signal)
  source.close()
  expect(page.ok).toBe(isGranted)
  expect(signed).toEqual(isGranted ? ['OLD', 'NEW'] : ['OLD'])
})

it('nobody who has stopped waits for credentials that do not come', async () => {
  const source = await openSource(
    () => {},
    () => new Promise(() => {}),
  )
  const signal = AbortSignal.timeout(10)
  const answers = await Promise.all([source.listPage({ prefix: '' }, signal), source.endpoint(signal)])
  source.close()
  const cancelled = { ok: false, failure: { class: 'cancelled' } }
  expect(answers).toEqual([cancelled, cancelled])
})

it.each<[string, object, Failure['class'], string | undefined]>([
  ['is not there', { code: 'ECONNREFUSED', address: '192.0.2.1', port: 443 }, 'connect', '192.0.2.1:443'],
  ['refuses', { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }, 'credentials', undefined],
])(
  'a service that gives no credentials is blamed itself, not the bucket: it %s',
  async (_, properties, name, subject) => {
    const source = await openSource(
      () => {},
      () => Promise.reject(Object.assign(new Error('words'), properties)),
    )
    const { signal } = new AbortController()
    const answers = [await source.listPage({ prefix: '' }, signal), await source.endpoint(signal)]
    source.close()
    for (const answer of answers) {
      expect(answer).toMatchObject({ ok: false, failure: { class: name, detail: 'words' } })
      expect(answer.ok || answer.failure.subject).toBe(subject)
    }
  },
)

it('a proxy without a tunnel is told the whole URL of every request, not of the first of a connection alone', async () => {
  const asked: (string | undefined)[] = []
  const source = await openSource(
    ({ url }, response) => {
      asked.push(url?.split('?')[0])
      response.end('<ListBucketResult></ListBucketResult>')
    },
    undefined,
    { endpointUrl: 'http://s3.example' },
    '127.0.0.1',
    true,
  )
  const { signal } = new AbortController()
  for (let page = 0; page < 3; page++) expect((await source.listPage({ prefix: '' }, signal)).ok).toBe(true)
  source.close()
  expect(asked).toEqual(Array(3).fill('http://s3.example/bucket/'))
})

it('where the requester pays, every listing, HEAD, trial and GET says so under its signature', async () => {
  const said: string[] = []
  const source = await openSource(
    ({ method, headers }, response) => {
      const isSigned = headers.authorization?.includes('x-amz-request-payer')
      said.push(`${method} ${headers['x-amz-request-payer']} ${isSigned}`)
      response.end('<ListBucketResult></ListBucketResult>')
    },
    async () => ({ accessKeyId: 'KEY', secretAccessKey: 'secret' }),
    { requestPayer: 'requester' },
  )
  const { signal } = new AbortController()
  await source.listPage({ prefix: '' }, signal)
  await source.headObject('key', {}, signal)
  await source.tryObject({ key: 'key', etag: '' }, signal)
  const endpoint = await source.endpoint(signal)
  source.close()
  expect(said).toEqual(['GET requester true', 'HEAD requester true', 'GET requester true'])
  expect(endpoint).toMatchObject({ ok: true, value: { requestPayer: 'requester' } })
})

describe('how long a refused listing is to wait', () => {
  const MINUTE_LATER = 'Sat, 04 Oct 2025 00:01:00 GMT'
  it.each<[value: string, headers: Record<string, string>, retryAfterMs: number | undefined]>([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['a date, and no date of the answer: by our own clock', { 'retry-after': MINUTE_LATER }, 60_000],
    ["a date by the server's clock", { 'retry-after': MINUTE_LATER, date: 'Sat, 04 Oct 2025 00:00:30 GMT' }, 30_000],
    ['a date that is past', { 'retry-after': 'Sat, 04 Oct 2024 00:00:00 GMT' }, 0],
    ['a hundred years', { 'retry-after': '3153600000' }, 3_600_000],
    ['a date in a hundred years', { 'retry-after': 'Sat, 04 Oct 2125 00:00:00 GMT' }, 3_600_000],
    ['a number without end', { 'retry-after': '9'.repeat(400) }, 3_600_000],
    ['less than nothing', { 'retry-after': '-5' }, undefined],
    ['a fraction', { 'retry-after': '1.5' }, undefined],
    ['a word', { 'retry-after': 'soon' }, undefined],
    ['nothing', {}, undefined],
  ])('%s', async (_, headers, retryAfterMs) => {
    const source = await openSource((_request, response) => {
      response.sendDate = false
      response.writeHead(503, headers).end('<Error><Code>SlowDown</Code><Message>words</Message></Error>')
    })
    const page = await source.listPage({ prefix: '' }, new AbortController().signal)
    source.close()
    expect(page).toMatchObject({ ok: false, failure: { class: 'throttled' } })
    expect(page.ok ? undefined : page.failure.retryAfterMs).toBe(retryAfterMs)
  })
})

it.each([
  ['SlowDown', 'throttled'],
  ['NoSuchBucket', 'missing-bucket'],
  ['SomethingNew', 'server-error'],
])('an error behind a 200 is what it says it is: %s', async (code, failureClass) => {
  const source = await openSource((_, response) => {
    response.end(`<Error><Code>${code}</Code><Message>words</Message><RequestId>R1</RequestId></Error>`)
  })
  const page = await source.listPage({ prefix: '' }, new AbortController().signal)
  source.close()
  const failure = { class: failureClass, code, httpStatus: 200, detail: 'words', requestId: 'R1' }
  expect(page).toMatchObject({ ok: false, failure })
})

describe('a listing that is signed for another region than that of its bucket is signed again', () => {
  const malformed = (more: string) => `<Error><Code>AuthorizationHeaderMalformed</Code>${more}</Error>`
  it.each<[where: string, body: string, headers: Record<string, string>]>([
    ['in an element', malformed('<Message>words</Message><Region>eu-west-1</Region>'), {}],
    ['in a header', malformed('<Message>words</Message>'), { 'x-amz-bucket-region': 'eu-west-1' }],
    [
      'in the words alone',
      malformed(
        '<Message>The authorization header is malformed; the region is wrong; expecting &apos;eu-west-1&apos;</Message>',
      ),
      {},
    ],
    [
      'in the words of a region that must be opted into',
      '<Error><Code>IllegalLocationConstraintException</Code><Message>The eu-west-1 location constraint is incompatible' +
        ' for the region specific endpoint this request was sent to.</Message></Error>',
      {},
    ],
  ])('where the refusal names that %s', async (_, body, headers) => {
    const signed: (string | undefined)[] = []
    const source = await openSource(
      (request, response) => {
        signed.push(/Credential=KEY\/\d+\/([^/]+)/.exec(request.headers.authorization ?? '')?.[1])
        if (signed.at(-1) === 'eu-west-1') response.end('<ListBucketResult></ListBucketResult>')
        else response.writeHead(400, headers).end(body)
      },
      async () => ({ accessKeyId: 'KEY', secretAccessKey: 'secret' }),
    )
    const page = await source.listPage({ prefix: '' }, new AbortController().signal)
    source.close()
    expect(page).toMatchObject({ ok: true })
    expect(signed).toEqual(['us-east-1', 'eu-west-1'])
  })
})

it.each([
  ['is where objects are asked for from then on, and the listing too', 'eu-west-1', 'eu-west-1'],
  ['is no piece of a host name: nothing moves', 'evil.example/#', 'us-east-1'],
])('a region that an object has named %s', async (_, named, expected) => {
  const signed: (string | undefined)[] = []
  const source = await openSource(
    ({ headers }, response) => {
      signed.push(/Credential=KEY\/\d+\/([^/]+)/.exec(headers.authorization ?? '')?.[1])
      response.end('<ListBucketResult></ListBucketResult>')
    },
    async () => ({ accessKeyId: 'KEY', secretAccessKey: 'secret' }),
  )
  const { signal } = new AbortController()
  const endpoint = await source.endpoint(signal, { region: named })
  await source.listPage({ prefix: '' }, signal)
  source.close()
  expect(endpoint).toMatchObject({ ok: true, value: { region: expected } })
  expect(signed).toEqual([expected])
})

describe('a service that takes no bucket in the path', () => {
  const open = (addressing: Source['addressing'], host = 'oss.test') => {
    const hosts: (string | undefined)[] = []
    const answer: RequestListener = ({ headers }, response) => {
      const asked = headers.host?.replace(/:\d+$/, '')
      hosts.push(asked)
      if (asked === 'bucket.oss.test') response.end('<ListBucketResult></ListBucketResult>')
      else response.writeHead(403).end('<Error><Code>SecondLevelDomainForbidden</Code><Message>no</Message></Error>')
    }
    return { hosts, source: openSource(answer, undefined, { addressing }, host) }
  }

  it('is asked by the host of the bucket from then on, for objects too', async () => {
    const { hosts, source: opening } = open('auto')
    const source = await opening
    const { signal } = new AbortController()
    const before = await source.endpoint(signal)
    const pages = await Promise.all([source.listPage({ prefix: '' }, signal), source.listPage({ prefix: 'a' }, signal)])
    const after = await source.endpoint(signal)
    source.close()
    expect(pages).toMatchObject([{ ok: true }, { ok: true }])
    expect(hosts.slice(2)).toEqual(['bucket.oss.test', 'bucket.oss.test'])
    expect(before).toMatchObject({ ok: true, value: { hostname: 'oss.test', basePath: '/bucket/' } })
    expect(after).toMatchObject({ ok: true, value: { hostname: 'bucket.oss.test', basePath: '/' } })
  })

  it.each([
    ['the path was asked for', 'path', 'oss.test'],
    ['nothing can stand in front of an address', 'auto', '127.0.0.1'],
  ] as const)('says so where %s', async (_, addressing, host) => {
    const source = await open(addressing, host).source
    const page = await source.listPage({ prefix: '' }, new AbortController().signal)
    source.close()
    expect(page).toMatchObject({ ok: false, failure: { class: 'wrong-region', code: 'SecondLevelDomainForbidden' } })
  })
})

it('a service that knows the first version of the listing only is asked for what comes behind the last name', async () => {
  const asked: Record<string, string>[] = []
  const pages: Record<string, string> = {
    undefined: '<Contents><Key>a%20b</Key><Size>1</Size></Contents><EncodingType>url</EncodingType>',
    'a b': '<Contents><Key>c</Key><Size>1</Size></Contents><CommonPrefixes><Prefix>d+/</Prefix></CommonPrefixes>',
    'd+/': '<NextMarker>x/</NextMarker>',
    'x/': '<Contents><Key>y</Key><Size>1</Size></Contents>',
  }
  const source = await openSource(({ url = '' }, response) => {
    const query = Object.fromEntries(new URL(url, 'http://host').searchParams)
    asked.push(query)
    const isTruncated = query.marker !== 'x/'
    response.end(
      `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${pages[`${query.marker}`]}</ListBucketResult>`,
    )
  })
  const names: string[] = []
  let continuation: string | undefined
  do {
    const page = await source.listPage(
      { prefix: '', ...(continuation ? { continuation } : {}) },
      new AbortController().signal,
    )
    if (!page.ok) break
    names.push(...page.value.objects.map(({ key }) => key), ...page.value.prefixes)
    continuation = page.value.continuation
  } while (continuation)
  source.close()
  expect(names).toEqual(['a b', 'c', 'd+/', 'y'])
  expect(asked[0]).toMatchObject({ 'list-type': '2', 'encoding-type': 'url' })
  expect(asked.slice(1)).toEqual(['a b', 'd+/', 'x/'].map((marker) => ({ prefix: '', marker })))
})

it('one that refuses the second version as not implemented is listed by the first, from its start', async () => {
  const asked: string[] = []
  const source = await openSource(({ url = '' }, response) => {
    const { searchParams } = new URL(url, 'http://host')
    asked.push(`${searchParams.get('list-type')} ${searchParams.get('marker')}`)
    if (searchParams.has('list-type')) response.writeHead(501).end('<Error><Code>NotImplemented</Code></Error>')
    else response.end('<ListBucketResult><Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>')
  })
  const page = await source.listPage({ prefix: '' }, new AbortController().signal)
  source.close()
  expect(page).toMatchObject({ ok: true, value: { objects: [{ key: 'a' }] } })
  expect(asked).toEqual(['2 null', 'null '])
})

it('a listing that does not move on is given up', async () => {
  const body = '<Contents><Key>a</Key><Size>1</Size></Contents><IsTruncated>true</IsTruncated>'
  const source = await openSource((_, response) => response.end(`<ListBucketResult>${body}</ListBucketResult>`))
  const { signal } = new AbortController()
  const first = await source.listPage({ prefix: '' }, signal)
  const continuation = first.ok ? first.value.continuation : undefined
  const second = await source.listPage({ prefix: '', ...(continuation ? { continuation } : {}) }, signal)
  source.close()
  expect(second).toMatchObject({ ok: false, failure: { class: 'protocol', code: 'list-does-not-advance' } })
})

/** Resolves when Node's HTTP client has read the head of the next response. */
function nextResponse(): Promise<void> {
  return new Promise((resolve) => {
    const onHead = () => {
      unsubscribe('http.client.response.finish', onHead)
      resolve()
    }
    subscribe('http.client.response.finish', onHead)
  })
}

it('a listing that stops half-way is given up as stalled', async () => {
  const source = await openSource((_, response) => {
    response.writeHead(200).write('<ListBucketResult><Contents>')
  })
  const headArrived = nextResponse()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let answer: unknown
  void source.listPage({ prefix: '' }, new AbortController().signal).then((page) => {
    answer = page
  })
  await headArrived
  // The SDK ends its own timers, and reads what there is of the body.
  for (let turns = 0; turns < 10; turns++) await turn()
  vi.advanceTimersByTime(60_000)
  for (let turns = 0; turns < 1000 && answer === undefined; turns++) await turn()
  source.close()
  expect(answer).toMatchObject({ ok: false, failure: { class: 'stalled', code: 'timeout' } })
})

it('gives up a connection that it does not use: a server may let in only one', async () => {
  const source = await openSource((_, response) => {
    response.end('<ListBucketResult></ListBucketResult>')
  })
  server.keepAliveTimeout = 60_000
  await source.listPage({ prefix: '' }, new AbortController().signal)
  const count = promisify(server.getConnections.bind(server))
  await expect.poll(() => count()).toBe(0)
  source.close()
})

it('a redirect within the host is followed by listings and HEADs, signed anew; one beyond it is not', async () => {
  const asked: string[] = []
  const source = await openSource(
    ({ url = '', headers }, response) => {
      asked.push(url.split('?')[0] ?? '')
      expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 /)
      if (url.startsWith('/bucket/away')) response.writeHead(307, { location: 'http://192.0.2.1/x' }).end()
      else if (url.startsWith('/bucket')) response.writeHead(307, { location: `/moved${url}` }).end()
      else
        response
          .writeHead(200, { etag: '"e"' })
          .end(url.includes('list-type') ? '<ListBucketResult></ListBucketResult>' : '')
    },
    async () => ({ accessKeyId: 'KEY', secretAccessKey: 'secret' }),
  )
  const { signal } = new AbortController()
  expect(await source.listPage({ prefix: '' }, signal)).toMatchObject({ ok: true })
  expect(await source.headObject('key', {}, signal)).toMatchObject({ ok: true, value: { etag: 'e' } })
  expect(await source.headObject('away', {}, signal)).toMatchObject({ failure: { class: 'redirect-refused' } })
  expect(asked).toEqual(['/bucket/', '/moved/bucket/', '/bucket/key', '/moved/bucket/key', '/bucket/away'])
  source.close()
})

it.each([
  ['yesterday', 0],
  ['2025-11-03T04:05:06Z', Date.UTC(2025, 10, 3, 4, 5, 6)],
  ['Mon, 03 Nov 2025 04:05:06 GMT', Date.UTC(2025, 10, 3, 4, 5, 6)],
  ['Sat, 01 Jan 3000 00:00:00 GMT', 0],
])('a HEAD that is dated %s is read', async (written, lastModified) => {
  const source = await openSource((_, response) => {
    response.writeHead(200, { etag: '"e"', 'last-modified': written }).end()
  })
  const head = await source.headObject('key', {}, new AbortController().signal)
  expect(head).toMatchObject({ ok: true, value: { etag: 'e', lastModified } })
  source.close()
})

it('of a listing that the SDK cannot read either, what is wrong with it is said', async () => {
  const source = await openSource((_, response) => {
    response.end(
      '<ListBucketResult><Contents ><Key>a</Key><Size>1</Size><LastModified>yesterday</LastModified></Contents ></ListBucketResult>',
    )
  })
  const page = await source.listPage({ prefix: '' }, new AbortController().signal)
  expect(page).toMatchObject({
    failure: { class: 'protocol', detail: expect.stringMatching(/^the listing cannot be read: /) },
  })
  source.close()
})

it.each(['contents', 's3:Contents'])(
  'a listing whose keys stand in <%s> is not taken for an empty one',
  async (tag) => {
    const source = await openSource((_, response) => {
      response.end(`<ListBucketResult><${tag}><Key>a</Key><Size>1</Size></${tag}></ListBucketResult>`)
    })
    const page = await source.listPage({ prefix: '' }, new AbortController().signal)
    expect(page).toMatchObject({ ok: false, failure: { class: 'protocol' } })
    source.close()
  },
)
