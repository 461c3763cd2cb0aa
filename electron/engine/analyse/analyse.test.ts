import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { LogAnalysis } from '../../../shared/log-analysis.ts'
import { logAnalysisSchema } from '../../../shared/log-analysis.ts'
import { analyseFile } from './analyse-file.ts'
import { createLogFold } from './fold-log.ts'
import { createLineParser } from './parse-line.ts'
import { classifyPython, type PythonClass, stampOf } from './python-line.ts'
import { createLineSplitter } from './split-lines.ts'
import { addTime, startTimeBins } from './time-bins.ts'
import { createTopCounts } from './top-counts.ts'

const KEY = 'e5.oper.an.pl/202510/e5.oper.an.pl.128_130_t.ll025sc.2025100100_2025100123.nc'
const URL = `https://nsf-ncar-era5.s3.amazonaws.com/${KEY}`

function analyse(...chunks: (string | Uint8Array)[]): LogAnalysis {
  const fold = createLogFold()
  const parse = createLineParser()
  const splitter = createLineSplitter((line) => fold.add(parse(line)))
  let bytes = 0
  for (const chunk of chunks) {
    const data = Buffer.from(chunk as string)
    bytes += data.length
    splitter.push(data)
  }
  splitter.end()
  return fold.analysis(bytes)
}

const START = Date.UTC(2025, 9, 1, 12)
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString()
const own = (seconds: number, more: object = {}) =>
  `${JSON.stringify({ time: at(seconds), class: 'reset', key: KEY, address: '192.0.2.1', action: 'retry', ...more })}\n`
const many = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('')
const causes = (text: string) => analyse(text).findings.map(({ cause }) => cause)

describe('messages of Python libraries', () => {
  test.each<[PythonClass | undefined, string]>([
    [
      'throttled',
      'botocore.exceptions.ClientError: An error occurred (SlowDown) when calling the GetObject operation (reached max retries: 4): Please reduce your request rate.',
    ],
    [
      'throttled',
      'An error occurred (503) when calling the HeadObject operation (reached max retries: 4): Service Unavailable',
    ],
    [
      'throttled',
      "requests.exceptions.RetryError: HTTPSConnectionPool(host='s3.amazonaws.com', port=443): Max retries exceeded (Caused by ResponseError('too many 429 error responses: Too Many Requests'))",
    ],
    ['stalled', `botocore.exceptions.ReadTimeoutError: Read timeout on endpoint URL: "${URL}"`],
    [
      'stalled',
      "urllib3.exceptions.ReadTimeoutError: AWSHTTPSConnectionPool(host='nsf-ncar-era5.s3.amazonaws.com', port=443): Read timed out.",
    ],
    ['connect', `botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL: "${URL}"`],
    ['connect', `botocore.exceptions.ConnectTimeoutError: Connect timeout on endpoint URL: "${URL}"`],
    [
      'dns',
      "urllib3.exceptions.NameResolutionError: <urllib3.connection.HTTPSConnection object at 0x7f>: Failed to resolve 's3.amazonaws.com' ([Errno -3] Temporary failure in name resolution)",
    ],
    ['dns', 'socket.gaierror: [Errno 11001] getaddrinfo failed'],
    [
      'reset',
      "('Connection aborted.', ConnectionResetError(10054, '远程主机强迫关闭了一个现有的连接。', None, 10054, None))",
    ],
    ['reset', 'ConnectionResetError: [Errno 104] Connection reset by peer'],
    [
      'reset',
      "urllib3.exceptions.ProtocolError: ('Connection broken: IncompleteRead(8388608 bytes read, 8388608 more expected)', IncompleteRead(8388608 bytes read, 8388608 more expected))",
    ],
    [
      'reset',
      `botocore.exceptions.ConnectionClosedError: Connection was closed before we received a valid response from endpoint URL: "${URL}".`,
    ],
    [
      'reset',
      'botocore.exceptions.ResponseStreamingError: An error occurred while reading from response stream: timed out by peer',
    ],
    [
      'tls',
      'botocore.exceptions.SSLError: SSL validation failed for https://s3.amazonaws.com/ [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed',
    ],
    ['proxy', 'botocore.exceptions.ProxyConnectionError: Failed to connect to proxy URL: "http://proxy.example:3128"'],
    ['credentials', 'botocore.exceptions.NoCredentialsError: Unable to locate credentials'],
    [
      'credentials',
      'An error occurred (ExpiredToken) when calling the GetObject operation: The provided token has expired.',
    ],
    [
      'clock-skew',
      'An error occurred (RequestTimeTooSkewed) when calling the ListObjectsV2 operation: The difference between the request time and the current time is too large.',
    ],
    ['denied', 'An error occurred (AccessDenied) when calling the GetObject operation: Access Denied'],
    [
      'missing',
      'An error occurred (NoSuchKey) when calling the GetObject operation: The specified key does not exist.',
    ],
    [
      'server-error',
      'An error occurred (InternalError) when calling the GetObject operation (reached max retries: 4): We encountered an internal error.',
    ],
    ['disk-full', 'OSError: [Errno 28] No space left on device'],
    [
      'pool-full',
      'WARNING urllib3.connectionpool: Connection pool is full, discarding connection: s3.amazonaws.com. Connection pool size: 10',
    ],
    [
      'connect',
      "aiohttp.client_exceptions.ClientConnectorError: Cannot connect to host s3.amazonaws.com:443 ssl:default [Connect call failed ('192.0.2.1', 443)]",
    ],
    [
      'dns',
      'aiohttp.client_exceptions.ClientConnectorDNSError: Cannot connect to host s3.amazonaws.com:443 ssl:default [getaddrinfo failed]',
    ],
    ['reset', 'aiohttp.client_exceptions.ServerDisconnectedError: Server disconnected'],
    ['reset', 'aiohttp.client_exceptions.ClientPayloadError: Response payload is not completed'],
    ['stalled', 'asyncio.exceptions.TimeoutError'],
    ['stalled', 'socket.timeout: timed out'],
    [
      'connect',
      'TimeoutError: [WinError 10060] 由于连接方在一段时间后没有正确答复或连接的主机没有反应，连接尝试失败。',
    ],
    ['too-many-files', 'OSError: [Errno 24] Too many open files'],
    ['disk-full', 'OSError: [Errno 122] Disk quota exceeded'],
    ['disk', 'OSError: [Errno 5] Input/output error'],
    [undefined, '2025-10-01 12:00:00 INFO downloaded 503 files of 1204'],
    [undefined, 'INFO part 429 of 503 done'],
  ])('%s: %s', (wanted, line) => expect(classifyPython(line)).toBe(wanted))

  test.each<[string, string | undefined]>([
    ['2025-10-01 12:00:00,123 ERROR', '2025-10-01T12:00:00.123Z'],
    ['[2025-10-01 12:00:00] ERROR', '2025-10-01T12:00:00.000Z'],
    ['2025-10-01T20:00:00+08:00 ERROR', '2025-10-01T12:00:00.000Z'],
    ['2025/10/01 12:00:00 下载失败', '2025-10-01T12:00:00.000Z'],
    ['ERROR at 2025-10-01', undefined],
  ])('time of %j', (line, wanted) => {
    const stamp = stampOf(line)
    expect(stamp === undefined ? undefined : new Date(stamp).toISOString()).toBe(wanted)
  })

  test('a traceback with its chain is one error, the one nearest to what happened', () => {
    const analysis = analyse(`2025-10-01 12:00:00,000 ERROR could not download ${KEY}
Traceback (most recent call last):
  File "C:\\Python311\\Lib\\site-packages\\urllib3\\response.py", line 444, in _error_catcher
    yield
ConnectionResetError: [WinError 10054] An existing connection was forcibly closed by the remote host

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "downloader.py", line 12, in fetch
    raise error
botocore.exceptions.ReadTimeoutError: Read timeout on endpoint URL: "${URL}"
Traceback (most recent call last):
  File "downloader.py", line 9, in fetch
botocore.exceptions.NoCredentialsError: Unable to locate credentials
`)
    expect(analysis.classes.top).toEqual([
      { name: 'credentials', count: 1 },
      { name: 'reset', count: 1 },
    ])
    expect(analysis.from).toBe('2025-10-01T12:00:00.000Z')
  })

  test('address and prefix are found in the text', () => {
    const analysis = analyse(`2025-10-01 12:00:00 ERROR Read timeout on endpoint URL: "${URL}?X-Amz-Signature=abc"\n`)
    expect(analysis.addresses.top).toEqual([{ name: 'nsf-ncar-era5.s3.amazonaws.com', count: 1 }])
    expect(analysis.prefixes.top).toEqual([{ name: 'e5.oper.an.pl/202510/', count: 1 }])
  })
})

test('no secret of a log gets into its analysis', () => {
  const signed = 'X-Amz-Credential=AKIASECRET/20251001/us-east-1/s3/aws4_request&X-Amz-Signature=abc/def'
  const text = JSON.stringify(
    analyse(`2025-10-01 12:00:00 ERROR failed key=e5/202510/a.nc?${signed} Read timed out
2025-10-01 12:00:01 ERROR Read timeout on endpoint URL: "https://AKIASECRET:password@b.s3.amazonaws.com/e5/202510/a.nc?${signed}"
2025-10-01 12:00:02 ERROR ProxyError: Cannot connect to proxy http://somebody:password@proxy.example:3128/
2025-10-01 12:00:03 ERROR PermissionError: [Errno 13] Permission denied: '/home/somebody/era5/a.nc'
${own(0, { key: `e5/202510/a.nc?${signed}`, address: 'somebody:password@192.0.2.1' })}`),
  )
  expect(text).toContain('e5/202510/')
  expect(text).toContain('proxy.example')
  expect(text).not.toMatch(/AKIASECRET|password|somebody|abc|us-east-1/)
})

describe('the likely cause', () => {
  const sample = (hour: number, bytesPerSecond: number, more: object = {}) =>
    `${JSON.stringify({ time: at(hour * 3600), phase: 'running', bytesPerSecond, rssBytes: 1e8, connections: { closeWait: 0 }, successRate: 1, ...more })}\n`

  test.each<[string, string, string[]]>([
    ['nothing at all', '', []],
    ['503 in most lines', many(30, (n) => own(n * 90, { class: 'throttled' })), ['throttling']],
    [
      'one address of three fails',
      many(30, (n) => own(n * 90, { class: 'stalled', address: `192.0.2.${n % 6 < 4 ? 9 : n % 6}` })),
      ['stalls', 'one-address'],
    ],
    [
      'resets and DNS fail together for half a minute, twice',
      many(40, (n) => own(n + (n < 20 ? 0 : 5000), { class: n % 2 ? 'dns' : 'reset', address: `192.0.2.${n}` })),
      ['line-cuts', 'dns', 'resets'],
    ],
    [
      'sixteen resets every half hour',
      many(96, (n) => own(Math.floor(n / 16) * 1800 + (n % 16) / 4, { address: `192.0.2.${n % 16}` })),
      ['periodic-cuts', 'resets'],
    ],
    [
      'a single refusal for credentials among many stalls',
      many(99, (n) => own(n * 400, { class: 'stalled' })) + own(9, { class: 'credentials' }),
      ['stalls', 'credentials'],
    ],
    ['a class of a later version', own(0, { class: 'toString' }), ['other-failures']],
    ['speed sinks over hours', many(8, (n) => sample(n, 32e6 - n * 3e6)), ['speed-decay']],
    [
      'speed stays, the end of the run is no decay',
      many(8, (n) => sample(n, 32e6)) + sample(9, 0, { phase: 'finishing' }),
      [],
    ],
    [
      'memory and CLOSE_WAIT grow',
      many(8, (n) => sample(n, 32e6, { rssBytes: 1e8 + n * 1e8, connections: { closeWait: n } })),
      ['pool-leak', 'memory-growth'],
    ],
  ])('%s', (_, text, wanted) => expect(causes(text)).toEqual(wanted))

  test('the period is measured', () => {
    const text = many(96, (n) => own(Math.floor(n / 16) * 1800 + (n % 16) / 4))
    expect(analyse(text)).toMatchObject({ period: { seconds: 1800, bursts: 6 }, hours: { length: 3 } })
  })
})

/** "远程主机强迫关闭" in GBK, as Python's logging writes it on a Chinese Windows. */
const IN_GBK = Buffer.from('d4b6b3ccd6f7bbfac7bfc6c8b9d8b1d5', 'hex')

describe('any bytes', () => {
  const line = own(0)
  test.each<[string, (string | Uint8Array)[]]>([
    ['byte order mark', [`\ufeff${line}`]],
    ['CRLF', [line.replace('\n', '\r\n')]],
    ['no end of the last line', [line.trimEnd()]],
    ['CR and LF in two reads', [line.replace('\n', '\r'), '\n']],
    ['a progress bar before it, each state over the last', [`\r 45 %|####\r 46 %|####\r${line}`]],
    ['UTF-16, as PowerShell writes', [Buffer.from(`\ufeff${line}`, 'utf16le')]],
    ['UTF-16 without a mark', [Buffer.from(line, 'utf16le')]],
    ['UTF-16, the other byte first', [Buffer.from(line, 'utf16le').swap16()]],
    ['GBK', [IN_GBK]],
    ['UTF-8 after GBK', [Buffer.from('d4b6b3cc', 'hex'), '\n远程主机强迫关闭了一个现有的连接。\n']],
    ['UTF-8, a sign in two reads', [Buffer.from('远程主机强迫').subarray(0, 14), Buffer.from('强迫关闭').subarray(2)]],
    ['one byte at a time', [...Buffer.from(line)].map((byte) => Uint8Array.of(byte))],
    ['binary before it', [Uint8Array.from([0, 255, 254, 128, 10]), line]],
    ['a line of 1 MB before it', ['x'.repeat(1e6), `\n${line}`]],
  ])('%s', (_, chunks) => expect(analyse(...chunks).errors).toBe(1))

  test('whatever comes, the answer fits its schema and every line is counted once', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(text)),
      fc.json().map((text) => Buffer.from(`${text}\n`)),
      fc
        .record({ time: fc.anything(), class: fc.anything(), bytesPerSecond: fc.anything(), address: fc.anything() })
        .map((value) => {
          try {
            return Buffer.from(`${JSON.stringify(value)}\n`)
          } catch {
            return Buffer.from('{\n')
          }
        }),
      fc
        .constantFrom('Traceback (most recent call last):\n', '9999-99-99 99:99:99 SlowDown\n', own(0), '\n')
        .map((text) => Buffer.from(text)),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const analysis = logAnalysisSchema.parse(analyse(...pieces))
        const { error, python, performance, other } = analysis.kinds
        expect(error + python + performance + other).toBe(analysis.lines)
        const { top, rest } = analysis.classes
        expect(rest + top.reduce((sum, { count }) => sum + count, 0)).toBe(analysis.errors)
      }),
      { numRuns: 200 },
    )
  })
})

describe('bounded', () => {
  test('a million names: the large groups stay, all are counted', () => {
    const counts = createTopCounts()
    for (let index = 0; index < 200_000; index++) counts.add(index % 4 === 0 ? 'large' : `name-${index}`)
    const { top, rest, others } = counts.groups()
    expect(top[0]).toEqual({ name: 'large', count: 50_000 })
    expect(rest + top.reduce((sum, { count }) => sum + count, 0)).toBe(200_000)
    expect(others).toBeGreaterThan(100_000)
  })
  test('a million times: few bins, all are counted', () => {
    const bins = startTimeBins()
    for (let index = 0; index < 100_000; index++) addTime(bins, index * 60_000)
    expect(bins.counts.size).toBeLessThanOrEqual(16_384)
    expect([...bins.counts.values()].reduce((sum, count) => sum + count, 0)).toBe(100_000)
  })
})

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-analyse-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  test('is read to its end', async () => {
    writeFileSync(
      join(folder, 'download_errors.log'),
      many(20_000, (n) => own(n)),
    )
    expect(await analyseFile(join(folder, 'download_errors.log'))).toMatchObject({
      ok: true,
      value: { errors: 20_000 },
    })
  })
  test.each<[string, (packed: Buffer) => Buffer, (errors: number) => boolean]>([
    ['gzip-ed', (packed) => packed, (errors) => errors === 20_000],
    [
      'gzip-ed and torn: as far as it goes',
      (packed) => packed.subarray(0, packed.length / 2),
      (errors) => errors > 100,
    ],
    ['gzip-ed and damaged', (packed) => Buffer.concat([packed.subarray(0, 20), IN_GBK]), (errors) => errors === 0],
  ])('%s', async (_, change, isRight) => {
    const path = join(folder, 'download_errors.log.1.gz')
    writeFileSync(path, change(gzipSync(many(20_000, (n) => own(n)))))
    const analysed = await analyseFile(path)
    expect(analysed.ok && isRight(analysed.value.errors)).toBe(true)
  })
  test('missing', async () =>
    expect(await analyseFile(join(folder, 'none'))).toMatchObject({
      ok: false,
      failure: { class: 'disk', code: 'ENOENT' },
    }))
  test('a folder', async () =>
    expect(await analyseFile(folder)).toMatchObject({ ok: false, failure: { class: 'usage', code: 'not-a-file' } }))
})
