import { describe, expect, test } from 'vitest'
import { collectFlags, type FlagSettings, type TypedFlags } from './collect-flags.ts'
import { GET_FLAGS } from './flags.ts'
import { type ParseContext, parseGetOptions } from './parse-get-options.ts'
import { spreadGlobs } from './spread-globs.ts'

const FILES: Record<string, string> = {
  '/work/fast.json': '{"stallSeconds": 1, "slowSeconds": 2}',
  '/work/torn.json': '{"stallSeconds":',
  '/work/unknown.json': '{"stallHours": 1}',
  '/work/words.json': '{"stallSeconds": "five"}',
  '/work/contradiction.json': '{"retryBaseSeconds": 60}',
  '/work/list.json': '[1]',
  '/work/ca.pem': '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n',
  '/work/no.pem': 'hello',
}

const CONTEXT: ParseContext = {
  settings: { network: { resolve: {}, proxy: 'system' }, policy: {} },
  workingFolder: '/work',
  platform: 'linux',
  readText(path) {
    const text = FILES[path]
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    return text
  },
}

type Given = { typed?: Record<string, string | string[] | true>; env?: NodeJS.ProcessEnv; settings?: FlagSettings }

function parse(given: Given, address = 's3://era5/e5.oper.an.pl/202510/', destination = 'data') {
  const typed: TypedFlags = new Map(Object.entries(given.typed ?? {}))
  return parseGetOptions(address, destination, collectFlags(GET_FLAGS, typed, given.env ?? {}, given.settings), CONTEXT)
}

describe('nothing but address and folder', () => {
  test('gives the defaults of the contract', () => {
    expect(parse({})).toEqual({
      source: { bucket: 'era5', prefix: 'e5.oper.an.pl/202510/', addressing: 'auto', access: { kind: 'default' } },
      destination: '/work/data',
      threads: 16,
      partSize: 'auto',
      include: [],
      exclude: [],
      verify: 'etag',
      network: { resolve: {}, proxy: 'system' },
      policy: {},
    })
  })
})

describe('a flag is understood', () => {
  test.each<[Record<string, string | string[] | true>, object]>([
    [{ threads: 'auto' }, { threads: 'auto' }],
    [{ threads: '256' }, { threads: 256 }],
    [{ 'request-payer': 'requester' }, { source: { requestPayer: 'requester' } }],
    [{ 'part-size': '16MiB' }, { partSize: 16 * 1024 * 1024 }],
    [{ 'part-size': '16M' }, { partSize: 16_000_000 }],
    [{ 'limit-rate': '20MiB' }, { limitBytesPerSecond: 20 * 1024 * 1024 }],
    [{ 'limit-rate': '1.5MB/s' }, { limitBytesPerSecond: 1_500_000 }],
    [{ 'time-window': '22:00-07:00' }, { timeWindow: { fromMinutes: 1320, toMinutes: 420 } }],
    [{ 'time-window': '0:00-23:59' }, { timeWindow: { fromMinutes: 0, toMinutes: 1439 } }],
    [{ verify: 'reread' }, { verify: 'reread' }],
    [{ include: ['*.nc', 'a/**'] }, { include: ['*.nc', 'a/**'] }],
    [{ 'no-sign-request': true }, { source: { access: { kind: 'anonymous' } } }],
    [{ profile: 'lab' }, { source: { access: { kind: 'profile', name: 'lab' } } }],
    [{ 'path-style': true }, { source: { addressing: 'path' } }],
    [{ 'virtual-hosted': true }, { source: { addressing: 'virtual' } }],
    [{ 'endpoint-url': 'http://127.0.0.1:9000' }, { source: { endpointUrl: 'http://127.0.0.1:9000' } }],
    [{ region: 'cn-north-1' }, { source: { region: 'cn-north-1' } }],
    [{ policy: 'fast.json' }, { policy: { stallSeconds: 1, slowSeconds: 2 } }],
    [{ 'dns-server': '1.1.1.1' }, { network: { dnsServer: '1.1.1.1' } }],
    [{ 'dns-server': '[2606:4700::1111]:5353' }, { network: { dnsServer: '[2606:4700::1111]:5353' } }],
    [{ 'dns-server': '::1' }, { network: { dnsServer: '::1' } }],
    [{ resolve: ['S3.lab:10.0.0.1,10.0.0.2'] }, { network: { resolve: { 's3.lab': ['10.0.0.1', '10.0.0.2'] } } }],
    [
      { resolve: ['s3.lab:[2001:db8::1],10.0.0.2'] },
      { network: { resolve: { 's3.lab': ['2001:db8::1', '10.0.0.2'] } } },
    ],
    [{ resolve: ['s3.lab:2001:db8::1'] }, { network: { resolve: { 's3.lab': ['2001:db8::1'] } } }],
    [
      { resolve: ['a.b:10.0.0.1', 'c.d:10.0.0.2'] },
      { network: { resolve: { 'a.b': ['10.0.0.1'], 'c.d': ['10.0.0.2'] } } },
    ],
    [{ proxy: 'none' }, { network: { proxy: 'none' } }],
    [{ proxy: 'socks5://proxy.lab:1080' }, { network: { proxy: 'socks5://proxy.lab:1080' } }],
    [{ proxy: 'http://proxy.lab:3128' }, { network: { proxy: 'http://proxy.lab:3128' } }],
    [{ 'ca-file': 'ca.pem' }, { network: { caFile: '/work/ca.pem' } }],
    [{ 'log-dir': 'logs' }, { logFolder: '/work/logs' }],
  ])('%j', (typed, spec) => {
    expect(parse({ typed })).toMatchObject(spec)
  })

  test('an https address brings its endpoint along, a flag still wins', () => {
    const address = 'https://minio.lab:9000/era5/202510/'
    expect(parse({}, address).source).toMatchObject({
      bucket: 'era5',
      endpointUrl: 'https://minio.lab:9000',
      addressing: 'auto',
    })
    expect(parse({ typed: { 'endpoint-url': 'http://127.0.0.1:1' } }, address).source.endpointUrl).toBe(
      'http://127.0.0.1:1',
    )
  })
})

describe('a mistake names its flag and echoes the value', () => {
  test.each<[Record<string, string | string[] | true>, string]>([
    [{ threads: 'many' }, '--threads: "many" is neither "auto" nor a whole number from 1 to 256'],
    [{ threads: '0' }, '--threads: "0"'],
    [{ threads: '257' }, '--threads: "257"'],
    [{ threads: '1.5' }, '--threads: "1.5"'],
    [{ threads: '-3' }, '--threads: "-3"'],
    [{ 'part-size': '1K' }, '--part-size: "1K" is neither'],
    [{ 'part-size': '8 parsecs' }, '--part-size: "8 parsecs"'],
    [{ 'limit-rate': '0' }, '--limit-rate: "0"'],
    [{ 'limit-rate': '20' }, '--limit-rate: "20" is less than 1 KB a second'],
    [{ 'limit-rate': 'fast' }, '--limit-rate: "fast" is no rate'],
    [{ 'time-window': '22-7' }, '--time-window: "22-7"'],
    [{ 'time-window': '25:00-07:00' }, '--time-window: "25:00-07:00"'],
    [{ 'time-window': '07:00-07:00' }, '--time-window: "07:00-07:00"'],
    [{ verify: 'maybe' }, '--verify: "maybe" is none of off, etag, checksum, reread'],
    [{ 'endpoint-url': 'minio.lab' }, '--endpoint-url: "minio.lab" is no http'],
    [{ 'endpoint-url': 'http:/minio.lab' }, '--endpoint-url: "http:/minio.lab" is no http'],
    [{ 'endpoint-url': 'ftp://x' }, '--endpoint-url: "ftp://x"'],
    [{ proxy: 'socks4://x:1' }, '--proxy: "socks4://x:1"'],
    [{ 'dns-server': 'dns.lab' }, '--dns-server: "dns.lab"'],
    [{ 'dns-server': '1.1.1.1:99999' }, '--dns-server: "1.1.1.1:99999"'],
    [{ resolve: ['s3.lab'] }, '--resolve: "s3.lab"'],
    [{ resolve: ['s3.lab:'] }, '--resolve: "s3.lab:"'],
    [{ resolve: ['s3.lab:10.0.0.300'] }, '--resolve: "s3.lab:10.0.0.300"'],
    [{ resolve: [':10.0.0.1'] }, '--resolve: ":10.0.0.1"'],
    [{ policy: 'gone.json' }, '--policy: "gone.json" cannot be read (ENOENT)'],
    [{ policy: 'torn.json' }, '--policy: "torn.json" holds no JSON'],
    [{ policy: 'unknown.json' }, '--policy: unknown.json: stallHours:'],
    [{ policy: 'words.json' }, '--policy: words.json: stallSeconds:'],
    [{ policy: 'contradiction.json' }, '--policy: contradiction.json: retryBaseSeconds:'],
    [{ policy: 'list.json' }, '--policy: list.json:'],
    [{ 'ca-file': 'gone.pem' }, '--ca-file: "gone.pem" cannot be read (ENOENT)'],
    [{ 'ca-file': 'no.pem' }, '--ca-file: "no.pem" holds no PEM certificate'],
    [{ region: ' ' }, '--region: " " is empty'],
    [{ region: 'us east' }, '--region: "us east" is no region such as us-east-1'],
    [{ region: '../x' }, '--region: "../x" is no region'],
    [{ include: ['*.nc', '['] }, '--include: "[" is no pattern such as *.nc; for a bracket itself write \\['],
    [{ exclude: ['*.{nc,grib'] }, '--exclude: "*.{nc,grib" is no pattern'],
    [{ include: ['*.nc', ''] }, '--include: "" is empty'],
    [{ 'path-style': true, 'virtual-hosted': true }, '--path-style and --virtual-hosted exclude each other'],
    [{ 'no-sign-request': true, profile: 'lab' }, '--no-sign-request and --profile exclude each other'],
    [
      { 'no-sign-request': true, 'request-payer': 'requester' },
      '--no-sign-request and --request-payer exclude each other',
    ],
    [{ 'request-payer': 'me' }, '--request-payer: "me" is none of requester'],
  ])('%j', (typed, message) => {
    expect(() => parse({ typed })).toThrow(message)
  })

  test.each(['era5', 's3://', 's3:///prefix', 'ftp://x/y', 'https://', ''])('no address: %j', (address) => {
    expect(() => parse({}, address)).toThrow(`${JSON.stringify(address)} is no S3 address`)
  })

  test.each(['', ' ', 's3://era5/202510/', 'file:///data', 'HTTPS://host/x'])('no folder: %j', (destination) => {
    expect(() => parse({}, undefined, destination)).toThrow(`DEST: ${JSON.stringify(destination)} is`)
  })

  test('a folder that Windows has for a device, or cuts short', () => {
    const onWindows = { ...CONTEXT, platform: 'win32' } as const
    const parseThere = (folder: string) => parseGetOptions('s3://era5/', folder, new Map(), onWindows)
    expect(() => parseThere('D:\\era5\\nul')).toThrow('DEST: "D:\\\\era5\\\\nul" is no folder for Windows: "nul"')
    expect(() => parseThere('D:\\x.')).toThrow('"x."')
    expect(parseThere('D:\\era5\\202510')).toBeDefined()
    expect(parse({}, undefined, 'nul')).toMatchObject({ destination: '/work/nul' })
  })

  test('a folder whose name is no UTF-8 is not taken for another one', () => {
    const elsewhere = Buffer.from([0x2f, 0xb5, 0xd8]).toString()
    expect(() => parse({}, undefined, elsewhere)).toThrow('DEST: "/\ufffd\ufffd" is not UTF-8')
    expect(() => parse({ typed: { 'log-dir': elsewhere } })).toThrow('--log-dir: ')
  })
})

describe('flag beats environment beats settings', () => {
  test.each<[string, Given, object]>([
    ['the environment', { env: { LONGHAUL_THREADS: '4' } }, { threads: 4 }],
    ['the settings', { settings: { threads: 5 } }, { threads: 5 }],
    ['environment over settings', { env: { LONGHAUL_THREADS: '4' }, settings: { threads: 5 } }, { threads: 4 }],
    [
      'flag over both',
      { typed: { threads: '3' }, env: { LONGHAUL_THREADS: '4' }, settings: { threads: 5 } },
      { threads: 3 },
    ],
    ['an empty environment value is none', { env: { LONGHAUL_THREADS: '' }, settings: { threads: 5 } }, { threads: 5 }],
    ['lists come one per line', { env: { LONGHAUL_INCLUDE: '*.nc\n*.grib\n' } }, { include: ['*.nc', '*.grib'] }],
    ['who pays', { env: { LONGHAUL_REQUEST_PAYER: 'requester' } }, { source: { requestPayer: 'requester' } }],
    ['switches are 1 or 0', { env: { LONGHAUL_NO_SIGN_REQUEST: '1' } }, { source: { access: { kind: 'anonymous' } } }],
    [
      '0 hides a weaker 1',
      { env: { LONGHAUL_PATH_STYLE: '0' }, settings: { 'path-style': true } },
      { source: { addressing: 'auto' } },
    ],
    [
      'of two that exclude each other the stronger source wins',
      { typed: { 'path-style': true }, env: { LONGHAUL_VIRTUAL_HOSTED: '1' } },
      { source: { addressing: 'path' } },
    ],
  ])('%s', (_, given, spec) => {
    expect(parse(given)).toMatchObject(spec)
  })

  test.each<[Given, string]>([
    [{ env: { LONGHAUL_THREADS: 'x' } }, 'LONGHAUL_THREADS: "x" is neither'],
    [{ env: { LONGHAUL_PATH_STYLE: 'perhaps' } }, 'LONGHAUL_PATH_STYLE: "perhaps" is neither 1 nor 0'],
    [{ settings: { threads: 'x' } }, 'settings: threads: "x" is neither'],
    [{ settings: { threads: ['1', '2'] } }, 'settings: threads: takes one value'],
  ])('a mistake names its source: %j', (given, message) => {
    expect(() => parse(given)).toThrow(message)
  })
})

test.each([
  ['repeated flags stay as they are', 's3://b D --include a --include b', 's3://b D --include a --include b'],
  ['values behind a glob flag are globs', 's3://b D --include a b c', 's3://b D --include a --include b --include c'],
  ['... but not the folder', 's3://b --include a b D', 's3://b --include a --include b D'],
  ['... nor address and folder', '--exclude a b s3://b D', '--exclude a --exclude b s3://b D'],
  ['two lists', 's3://b D --include a b --exclude c d', 's3://b D --include a --include b --exclude c --exclude d'],
  ['another flag ends the list', 's3://b D --include a --threads 4', 's3://b D --include a --threads 4'],
  [
    'one argument too many elsewhere is left for the parser to refuse',
    's3://b D E --threads 4',
    's3://b D E --threads 4',
  ],
  ['--include=GLOB', 's3://b D --include=a b', 's3://b D --include=a --include b'],
])('spread globs: %s', (_, args, expected) => {
  const valueFlags = new Set(['--include', '--exclude', '--threads'])
  expect(spreadGlobs(args.split(' '), valueFlags, 2).join(' ')).toBe(expected)
})
