import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, rootCertificates } from 'node:tls'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { networkSchema, sourceSchema } from '../../../shared/job-spec.ts'
import { systemClock } from '../host/system-clock.ts'
import { createSessionVault } from '../host/vault.ts'
import { readSourceAccess, type SourceAccessOptions } from './source-access.ts'

const PEM = '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----'
const OTHER = PEM.replace('MII', 'MIIB')
let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'longhaul-aws-'))
  await mkdir(join(home, '.aws'))
  await writeFile(join(home, '.aws', 'config'), '[profile lab]\nregion = eu-west-1\n')
  await writeFile(
    join(home, 'two.pem'),
    `comment\n${PEM}\n${OTHER}\n${PEM.replaceAll('\n', '\r\n')}\n${rootCertificates[0]}\n`,
  )
  await writeFile(join(home, 'none.pem'), 'hello')
})
afterAll(() => rm(home, { recursive: true }))

type Given = { source?: object; network?: object; environment?: NodeJS.ProcessEnv } & Pick<
  Partial<SourceAccessOptions>,
  'vault' | 'systemProxy'
>

const read = (given: Given = {}) =>
  readSourceAccess({
    source: sourceSchema.parse({ bucket: 'era5', prefix: '', access: { kind: 'anonymous' }, ...given.source }),
    network: networkSchema.parse({ ...given.network }),
    vault: given.vault ?? createSessionVault(),
    clock: systemClock,
    environment: { HOME: home, ...given.environment },
    systemProxy: given.systemProxy,
  })

async function accessOf(given: Given = {}) {
  const access = await read(given)
  if (!access.ok) throw new Error(JSON.stringify(access.failure))
  return access.value
}

describe('credentials', () => {
  test('anonymous access has none', async () => {
    expect((await accessOf()).credentials).toBeUndefined()
  })

  test('a vault entry gives its keys, without its label', async () => {
    const vault = createSessionVault()
    const saved = await vault.save({ label: 'lab', accessKeyId: 'A', secretAccessKey: 'S' })
    if (!saved.ok) throw new Error('not saved')
    const access = await accessOf({ vault, source: { access: { kind: 'vault', id: saved.value } } })
    expect(await access.credentials?.()).toEqual({ accessKeyId: 'A', secretAccessKey: 'S' })
  })

  test('the default chain reads the environment of the AWS tools', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'A')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'S')
    const access = await accessOf({ source: { access: { kind: 'default' } } })
    expect(await access.credentials?.()).toEqual({ accessKeyId: 'A', secretAccessKey: 'S' })
    vi.unstubAllEnvs()
  })

  test('a profile that the environment names and nobody has is named', async () => {
    const environment = { AWS_PROFILE: 'nobody', AWS_EC2_METADATA_DISABLED: 'true' }
    for (const [name, value] of Object.entries({ ...environment, HOME: home })) vi.stubEnv(name, value)
    const { credentials } = await accessOf({ source: { access: { kind: 'default' } }, environment })
    await expect(credentials?.()).rejects.toThrow('AWS_PROFILE is nobody, and ~/.aws knows no profile of that name')
    vi.unstubAllEnvs()
  })

  test('keys that are refused are read again from their file, which others write anew', async () => {
    const file = join(home, 'keys')
    const writeKeys = (id: string) => writeFile(file, `[lab]\naws_access_key_id = ${id}\naws_secret_access_key = S\n`)
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file)
    vi.stubEnv('AWS_CONFIG_FILE', join(home, '.aws', 'config'))
    await writeKeys('OLD')
    const { credentials } = await accessOf({ source: { access: { kind: 'profile', name: 'lab' } } })
    expect(await credentials?.()).toMatchObject({ accessKeyId: 'OLD' })
    await writeKeys('NEW')
    expect(await credentials?.()).toMatchObject({ accessKeyId: 'OLD' })
    expect(await credentials?.(true)).toMatchObject({ accessKeyId: 'NEW' })
    expect(await credentials?.()).toMatchObject({ accessKeyId: 'NEW' })
    vi.unstubAllEnvs()
  })

  test('whoever gives keys for a role is asked on the way of the source: through its proxy', async () => {
    const config = join(home, 'roles')
    await writeFile(
      config,
      '[profile role]\nrole_arn = arn:aws:iam::123456789012:role/lab\nsource_profile = base\nregion = eu-west-1\n' +
        '[profile base]\naws_access_key_id = A\naws_secret_access_key = S\n',
    )
    vi.stubEnv('AWS_CONFIG_FILE', config)
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(home, 'keys-of-nobody'))
    const { credentials } = await accessOf({
      source: { access: { kind: 'profile', name: 'role' } },
      environment: { AWS_CONFIG_FILE: config },
    })
    const requests = new NodeHttpHandler()
    const asked = vi.spyOn(requests, 'handle').mockRejectedValue(Object.assign(new Error('away'), { name: 'Away' }))
    await expect(credentials?.(false, requests)).rejects.toThrow('away')
    expect(asked.mock.calls[0]?.[0].hostname).toBe('sts.eu-west-1.amazonaws.com')
    vi.unstubAllEnvs()
  })

  test('a profile brings its region', async () => {
    const access = await accessOf({ source: { access: { kind: 'profile', name: 'lab' } } })
    expect(access.defaultRegion).toBe('eu-west-1')
  })
})

describe('what cannot begin is refused by name', () => {
  test.each<[string, Given, object]>([
    ['a forgotten vault entry', { source: { access: { kind: 'vault', id: 'x' } } }, { class: 'credentials' }],
    [
      'an unknown profile',
      { source: { access: { kind: 'profile', name: 'x' } } },
      { class: 'credentials', subject: 'x' },
    ],
    [
      'a certificate file that is not there',
      { network: { caFile: '/gone.pem' } },
      { class: 'usage', subject: '/gone.pem', detail: 'ENOENT' },
    ],
    ['a proxy that is none', { network: { proxy: 'socks4://x' } }, { class: 'usage', subject: 'proxy' }],
    [
      'an endpoint of the environment that is none',
      { environment: { AWS_ENDPOINT_URL: 'minio' } },
      { class: 'usage', detail: 'minio' },
    ],
  ])('%s', async (_, given, failure) => {
    expect(await read(given)).toMatchObject({ ok: false, failure })
  })

  test('a file without certificates', async () => {
    expect(await read({ network: { caFile: join(home, 'none.pem') } })).toMatchObject({ failure: { code: 'ca-file' } })
  })
})

test('every certificate of a file and of the system is taken once, and none that Node brings along', async () => {
  const { ca } = await accessOf({ network: { caFile: join(home, 'two.pem') } })
  const bodies = (certificates: readonly string[]) => certificates.map((pem) => pem.replace(/\s/g, ''))
  const bundled = new Set(bodies(rootCertificates))
  const machine = [...getCACertificates('system'), ...getCACertificates('extra')]
  const wanted = bodies([...machine, PEM, OTHER]).filter((body) => !bundled.has(body))
  expect(bodies(ca)).toEqual([...new Set(wanted)])
})

test("the AWS tools' bundle of certificates counts, over TLS, where the user names none", async () => {
  const of = async (given: Given) => (await accessOf(given)).ca?.length
  const environment = { AWS_CA_BUNDLE: join(home, 'two.pem') }
  const alone = (await of({})) ?? 0
  expect(await of({ environment })).toBe(await of({ network: { caFile: join(home, 'two.pem') } }))
  expect(await of({ environment })).toBeGreaterThan(alone)
  expect(await of({ environment: { AWS_CA_BUNDLE: '/gone.pem' }, source: { endpointUrl: 'http://minio:9000' } })).toBe(
    0,
  )
  expect(await read({ environment: { AWS_CA_BUNDLE: '/gone.pem' } })).toMatchObject({ failure: { code: 'ca-file' } })
})

test.each<[string, Given, string]>([
  ['none', { network: { proxy: 'none' }, systemProxy: async () => 'http://os:1' }, ''],
  ["the user's", { network: { proxy: 'http://mine:1' }, systemProxy: async () => 'http://os:1' }, 'http://mine:1'],
  ['a password with a bare %', { network: { proxy: 'http://me:50%@mine:1' } }, 'http://me:50%25@mine:1'],
  ["the system's", { systemProxy: async () => 'http://os:1' }, 'http://os:1'],
])('proxy: %s', async (_, given, proxy) => {
  expect(await (await accessOf(given)).proxyFor('https://s3.amazonaws.com/')).toBe(proxy)
})

test('proxy: what the environment names, its password read as curl reads it', async () => {
  vi.stubEnv('https_proxy', 'http://me:50%@lab:1')
  expect(await (await accessOf()).proxyFor('https://s3.amazonaws.com/')).toBe('http://me:50%25@lab:1')
  vi.unstubAllEnvs()
})

test("the source's own endpoint wins over the environment's", async () => {
  const environment = { AWS_ENDPOINT_URL: 'http://env:1' }
  expect((await accessOf({ environment })).source.endpointUrl).toBe('http://env:1')
  expect((await accessOf({ environment, source: { endpointUrl: 'http://own:1' } })).source.endpointUrl).toBe(
    'http://own:1',
  )
})
