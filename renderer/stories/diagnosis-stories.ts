import { CHECK_CODES, type Check, type CheckCode, type DiagnosisReport } from '../../shared/diagnosis.ts'
import { success } from '../../shared/failure.ts'
import { always, type ScriptedAnswer } from '../client/testing/scripted-client.ts'
import { emptyDraft } from '../form/draft/form-draft.ts'
import { sampleSnapshot } from '../job/testing/samples.ts'
import { JOBS } from './shell-stories.ts'
import { baseAnswers, INFO, type Story } from './story.ts'

type Judged = Omit<Check, 'code'>
const ok = (cause: Check['cause'], value: number | null, threshold = {}, evidence = {}): Judged => ({
  verdict: 'ok',
  cause,
  value,
  threshold,
  evidence,
})
const SOCKETS = { healthyFrom: 5, healthyTo: 15, leakAbove: 50 }
const LATENCY = { notice: 1000, bad: 5000 }
const LOOK_UP = { notice: 200, bad: 1000 }
const SPEED = { least: 100_000 }

const WELL: Record<CheckCode, Judged> = {
  sockets: ok('sockets-healthy', 12, SOCKETS, { established: 12 }),
  'close-wait': ok('close-wait-none', 0, { notice: 0 }),
  throttling: ok('not-throttled', 1, { least: 0.9 }),
  addresses: ok('addresses-found', 4, {}, { addresses: '52.218.128.10 52.218.130.74 52.92.138.26 3.5.84.116' }),
  'dns-system': ok('dns-fast', 18, LOOK_UP),
  'dns-server': ok('dns-fast', 24, LOOK_UP, { server: '223.5.5.5' }),
  bucket: ok('bucket-readable', 412, LATENCY, { objects: 496 }),
  head: ok('latency-good', 184, LATENCY),
  'first-byte': ok('latency-good', 211, LATENCY, { connectMs: 342 }),
  'single-speed': ok('speed-measured', 4.1e6, SPEED),
  'parallel-speed': ok('speed-of-job', 31.8e6, SPEED, { connections: 12 }),
  'clock-skew': ok('clock-right', 0, { notice: 60, bad: 900 }),
  proxy: ok('no-proxy', 0),
  vpn: ok('no-vpn', 0),
  mtu: ok('mtu-full', 1500, { full: 1400, least: 1280 }, { interface: '以太网' }),
  'other-traffic': ok('line-is-ours', 12_000, { notice: 125_000 }),
  'disk-speed': ok('disk-fast', 412e6, { notice: 30e6, bad: 5e6 }),
  'disk-latency': ok('disk-fast', 1.8, { notice: 100, bad: 1000 }),
  'free-space': ok('space-enough', 1.24e12, { notice: 20e9, bad: 1e9 }),
  memory: ok('memory-normal', 138e6, { notice: 700e6, bad: 1.5e9 }),
  'memory-slope': ok('memory-flat', 0.4e6, { notice: 50e6, bad: 200e6 }, { samples: 18 }),
  cpu: ok('cpu-free', 0.21, { notice: 0.85, bad: 0.97 }, { ownRatio: 0.04 }),
  'loop-lag': ok('loop-free', 3.4, { notice: 200, bad: 1000 }),
}

const TROUBLED: Record<CheckCode, Judged> = {
  ...WELL,
  sockets: { ...ok('sockets-leak', 68, SOCKETS, { established: 68 }), verdict: 'bad' },
  'close-wait': { ...ok('close-wait-stuck', 9, { notice: 0 }, { stuck: 9 }), verdict: 'bad' },
  'first-byte': { ...ok('latency-unhealthy', 6120, LATENCY), verdict: 'bad' },
  'single-speed': {
    ...ok('fresh-is-faster', 8.4e6, SPEED, { jobConnectionBytesPerSecond: 0.6e6 }),
    verdict: 'notice',
  },
  vpn: { ...ok('vpn-in-use', 1, {}, { interfaces: 'OpenVPN TAP-Windows6' }), verdict: 'notice' },
  mtu: { ...ok('cannot-tell', null, { full: 1400, least: 1280 }), verdict: 'unknown' },
}

const checksOf = (table: Record<CheckCode, Judged>): Check[] => CHECK_CODES.map((code) => ({ code, ...table[code] }))

const reportOf = (checks: Check[]): DiagnosisReport => ({
  startedAt: '2026-01-01T12:00:00.000Z',
  seconds: 9.4,
  version: '0.1.0',
  system: 'win32 10.0.26100 x64, Node 24.1.0',
  address: 's3://nsf-ncar-era5/e5.oper.an.pl/202510/',
  folder: 'D:\\era5\\202510',
  checks,
})

/** `known`: so many checks have come, in an order of their own, and the rest is still under way. */
function diagnosing(table: Record<CheckCode, Judged>, known?: number): ScriptedAnswer<'diagnosis.run'> {
  return ({ diagnosisId }, push) => {
    const checks = checksOf(table)
    setTimeout(() =>
      push({
        name: 'diagnosis',
        payload:
          known === undefined
            ? { diagnosisId, checks, report: reportOf(checks) }
            : { diagnosisId, checks: [...checks].reverse().slice(0, known) },
      }),
    )
    return success({})
  }
}

const RUN = { zh: '开始诊断', en: 'Diagnose' }

function diagnosis(run: ScriptedAnswer<'diagnosis.run'> | undefined, more: Partial<Story> = {}): Story {
  return {
    route: { page: 'diagnosis' },
    draft: emptyDraft(INFO.defaultFolder),
    script: {
      answers: {
        ...baseAnswers(JOBS),
        'jobs.snapshot': () => always(sampleSnapshot())(),
        ...(run ? { 'diagnosis.run': run, 'diagnosis.stop': always({}) } : {}),
      },
    },
    ...(run ? { click: RUN } : {}),
    ...more,
  }
}

export const diagnosisStories: Record<string, Story> = {
  'diagnosis-empty': diagnosis(undefined),
  'diagnosis-running': diagnosis(diagnosing(TROUBLED, 11)),
  'diagnosis-findings': diagnosis(diagnosing(TROUBLED)),
  'diagnosis-well': diagnosis(diagnosing(WELL)),
  'diagnosis-refused': diagnosis(() => ({
    ok: false,
    failure: { class: 'usage', code: 'not-absolute', subject: 'folder', detail: 'era5' },
  })),
}
