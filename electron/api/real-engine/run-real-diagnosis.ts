/**
 * One diagnosis with real sockets, disks and clocks: what the engine's part needs to know about this place and user.
 */
import { arch, homedir, platform, release } from 'node:os'
import { join, resolve, sep } from 'node:path'
import type { DiagnosisReport } from '../../../shared/diagnosis.ts'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import type { Network, Source } from '../../../shared/job-spec.ts'
import { runDiagnosis } from '../../engine/diagnose/run-diagnosis.ts'
import { findLockHolder } from '../../engine/diagnose/sockets/read-sockets.ts'
import { createS3ObjectSource } from '../../engine/list/s3-object-source.ts'
import type { DiagnoseRequest } from './engine-access.ts'
import type { RealEngineOptions } from './real-engine-options.ts'
import { readSourceAccess } from './source-access.ts'

/** Used where no bucket was named, so that proxy and certificates are checked all the same. */
const NO_SOURCE: Source = { bucket: 'none', prefix: '', addressing: 'auto', access: { kind: 'anonymous' } }
const JOURNAL_FOLDER = '.longhaul'

export async function runRealDiagnosis(options: RealEngineOptions & DiagnoseRequest): Promise<DiagnosisReport> {
  const { clock, network, onCheck, signal } = options
  const folder = resolve(options.folder)
  const startedAt = clock.now()
  const begun = clock.monotonic()
  const access = await readSourceAccess({ ...options, source: options.source ?? NO_SOURCE })
  const source = access.ok && options.source ? createS3ObjectSource(access.value) : undefined
  const checks = await runDiagnosis({
    target: targetOf(options.source, source, access),
    fixedAddresses: network.resolve,
    dnsServer: network.dnsServer,
    proxyFor: access.ok ? access.value.proxyFor : async () => '',
    proxyFrom: proxyFromOf(network, options.systemProxy !== undefined),
    folder,
    logFolder: options.logFolder ?? join(folder, JOURNAL_FOLDER),
    jobs: options.jobs,
    otherProcess: otherHolderOf(folder),
    limitBytesPerSecond: options.limitBytesPerSecond ?? 0,
    clock,
    onCheck: (check) => onCheck(withoutHome(check)),
    signal,
  })
  source?.close()
  return {
    startedAt: new Date(startedAt).toISOString(),
    seconds: Math.round((clock.monotonic() - begun) / 100) / 10,
    version: options.version,
    system: `${platform()} ${release()} ${arch()}, Node ${process.versions.node}`,
    address: options.source ? addressOf(options.source) : '',
    folder: hideHome(folder),
    checks: checks.map(withoutHome),
  }
}

/** A source that could not be opened is judged like a bucket that could not be read. */
function targetOf(
  wanted: Source | undefined,
  source: ReturnType<typeof createS3ObjectSource> | undefined,
  access: Outcome<unknown>,
) {
  if (!wanted) return undefined
  if (source) return success({ source, prefix: wanted.prefix })
  return access.ok ? undefined : failed(access.failure)
}

function proxyFromOf({ proxy }: Network, hostKnows: boolean): 'setting' | 'environment' | 'system' {
  if (proxy !== 'system') return 'setting'
  return hostKnows ? 'system' : 'environment'
}

function otherHolderOf(folder: string): number | undefined {
  const holder = findLockHolder(join(folder, JOURNAL_FOLDER, 'lock'))
  return holder === process.pid ? undefined : holder
}

/** The place of an endpoint without anything else its URL may hold. */
function addressOf({ bucket, prefix, endpointUrl }: Source): string {
  const place = endpointUrl && URL.canParse(endpointUrl) ? ` (${new URL(endpointUrl).host})` : ''
  return `s3://${bucket}/${prefix}${place}`
}

/** Reports are sent to others, and the home folder holds the user's name. */
function hideHome(text: string): string {
  const home = homedir()
  if (home.length < 2) return text
  return text === home ? '~' : text.replaceAll(home + sep, `~${sep}`)
}

function withoutHome<C extends DiagnosisReport['checks'][number]>(check: C): C {
  const evidence = Object.entries(check.evidence).map(([name, value]) => [
    name,
    typeof value === 'string' ? hideHome(value) : value,
  ])
  return { ...check, evidence: Object.fromEntries(evidence) }
}
