/** Flags, environment and settings -> the engine's input. Pure but for what `files` reads. */
import { resolve } from 'node:path'
import {
  type JobSpec,
  jobSpecSchema,
  type Network,
  type Source,
  sourceSchema,
  VERIFY_MODES,
} from '../../../shared/job-spec.ts'
import { type PolicyOverrides, parsePolicy, policyOverridesSchema } from '../../../shared/policy.ts'
import { parseS3Address } from '../../../shared/s3-address.ts'
import type { Settings } from '../../../shared/settings.ts'
import { findOddName } from '../../../shared/windows-names.ts'
import { dropWeaker, type FlagValues } from './collect-flags.ts'
import {
  parseDnsServer,
  parseEndpointUrl,
  parseGlob,
  parseOneOf,
  parsePartSize,
  parseProxy,
  parseRate,
  parseRegion,
  parseResolve,
  parseThreads,
  parseTimeWindow,
} from './parse-flags.ts'
import { refuseValue, UsageError } from './usage-error.ts'

export type ParseContext = {
  settings: Pick<Settings, 'network' | 'policy'>
  /** Relative paths start here. */
  workingFolder: string
  platform: NodeJS.Platform
  /** Throws when the file cannot be read. */
  readText(path: string): string
}

export function parseGetOptions(
  address: string,
  destination: string,
  flags: FlagValues,
  context: ParseContext,
): JobSpec {
  const path = (text: string, origin: string) => readableFolder(resolve(context.workingFolder, text), origin)
  const value = valueReader(flags)
  if (destination.trim() === '') refuseValue('DEST', destination, 'is no folder')
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(destination)) refuseValue('DEST', destination, 'is an address, not a folder')
  const odd = context.platform === 'win32' ? findOddName(destination) : undefined
  if (odd !== undefined)
    refuseValue(
      'DEST',
      destination,
      `is no folder for Windows: ${JSON.stringify(odd)} is a device, or holds or ends in what no name may`,
    )
  return jobSpecSchema.parse({
    source: parseSource(address, flags),
    destination: path(destination, 'DEST'),
    include: parseEach('include', flags, parseGlob),
    exclude: parseEach('exclude', flags, parseGlob),
    threads: value('threads', parseThreads),
    partSize: value('part-size', parsePartSize),
    verify: value('verify', parseOneOf(VERIFY_MODES)),
    limitBytesPerSecond: value('limit-rate', parseRate),
    timeWindow: value('time-window', parseTimeWindow),
    network: parseNetwork(flags, context),
    policy: { ...context.settings.policy, ...parsePolicyFile(flags, context) },
    logFolder: value('log-dir', path),
  })
}

/**
 * Bytes that are no UTF-8 arrive as U+FFFD: what is written to such a name lies in another folder than the one meant.
 */
const readableFolder = (path: string, origin: string): string =>
  path.includes('\ufffd') ? refuseValue(origin, path, 'is not UTF-8 as a whole, and would become another folder') : path

/** Bucket, prefix, and how to reach them: all that `ls` needs too. */
export function parseSource(address: string, flags: FlagValues): Source {
  const parsed = parseS3Address(address)
  if (!parsed) refuseValue('s3://BUCKET[/PREFIX]', address, 'is no S3 address such as s3://bucket/prefix/')
  dropWeaker(flags, 'path-style', 'virtual-hosted')
  dropWeaker(flags, 'no-sign-request', 'profile')
  dropWeaker(flags, 'no-sign-request', 'request-payer')
  const value = valueReader(flags)
  const profile = value('profile', (name) => name)
  const addressing = flags.has('path-style') ? 'path' : flags.has('virtual-hosted') ? 'virtual' : undefined
  return sourceSchema.parse({
    ...parsed,
    ...definedOnly({ endpointUrl: value('endpoint-url', parseEndpointUrl), region: value('region', parseRegion) }),
    ...definedOnly({ addressing, requestPayer: value('request-payer', parseOneOf(['requester'])) }),
    access: flags.has('no-sign-request')
      ? { kind: 'anonymous' }
      : profile
        ? { kind: 'profile', name: profile }
        : { kind: 'default' },
  })
}

export function parseNetwork(flags: FlagValues, { settings, workingFolder, readText }: ParseContext): Network {
  const value = valueReader(flags)
  const fixed = flags.get('resolve')
  const pairs = (fixed?.values ?? []).map((text) => parseResolve(text, fixed?.origin ?? '--resolve'))
  return {
    ...settings.network,
    resolve: { ...settings.network.resolve, ...Object.fromEntries(pairs.map((pair) => [pair.host, pair.addresses])) },
    ...definedOnly({
      dnsServer: value('dns-server', parseDnsServer),
      proxy: value('proxy', parseProxy),
      caFile: value('ca-file', (text, origin) => parseCaFile(text, origin, { workingFolder, readText })),
    }),
  }
}

function parseCaFile(text: string, origin: string, context: Pick<ParseContext, 'workingFolder' | 'readText'>): string {
  const path = resolve(context.workingFolder, text)
  let pem: string
  try {
    pem = context.readText(path)
  } catch (error) {
    return refuseValue(origin, text, unreadable(error))
  }
  return pem.includes('-----BEGIN CERTIFICATE-----') ? path : refuseValue(origin, text, 'holds no PEM certificate')
}

const unreadable = (error: unknown): string =>
  `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`

function parsePolicyFile(flags: FlagValues, context: ParseContext): PolicyOverrides {
  const flag = flags.get('policy')
  const path = flag?.values[0]
  if (!flag || path === undefined) return {}
  let content: unknown
  try {
    content = JSON.parse(context.readText(resolve(context.workingFolder, path)))
  } catch (error) {
    return refuseValue(flag.origin, path, error instanceof SyntaxError ? 'holds no JSON' : unreadable(error))
  }
  const overrides = policyOverridesSchema.safeParse(content)
  const policy = parsePolicy(overrides.success ? { ...context.settings.policy, ...overrides.data } : content)
  if (!policy.ok) {
    throw new UsageError(`${flag.origin}: ${path}: ${policy.failure.subject ?? 'policy'}: ${policy.failure.detail}`)
  }
  return overrides.success ? overrides.data : {}
}

/** The last value counts, as everywhere on a command line. */
const valueReader =
  (flags: FlagValues) =>
  <T>(name: string, parse: (text: string, origin: string) => T): T | undefined => {
    const flag = flags.get(name)
    const text = flag?.values.at(-1)
    return flag && text !== undefined ? parse(text, flag.origin) : undefined
  }

function parseEach<T>(name: string, flags: FlagValues, parse: (text: string, origin: string) => T): T[] | undefined {
  const flag = flags.get(name)
  return flag?.values.map((text) => parse(text, flag.origin))
}

const definedOnly = <T extends Record<string, unknown>>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
