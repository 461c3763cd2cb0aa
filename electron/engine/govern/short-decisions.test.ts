/** Cool-down, health, retries and the verdict: decisions of a few lines each. */
import { describe, expect, it } from 'vitest'
import type { Failure, FailureClass } from '../../../shared/failure.ts'
import { FAILURE_CLASSES } from '../../../shared/failure.ts'
import { DEFAULT_POLICY } from '../../../shared/policy.ts'
import { assessHealth } from './assess-health.ts'
import { chooseCoolDown } from './choose-cool-down.ts'
import { explainLimit, type LimitEvidence } from './explain-limit.ts'
import { type HeldLimit, holdLimit } from './hold-limit.ts'
import { chooseListRetryDelayMs, chooseRetryDelayMs } from './retry-delay.ts'

const policy = DEFAULT_POLICY

describe('cool-down', () => {
  const bad = { successRate: 0.4, requests: 10, retryAfterMs: 0, policy }
  it('comes when half of the requests fail for two minutes, and lasts five', () => {
    const first = chooseCoolDown({ badSince: undefined }, { now: 1000, ...bad })
    expect(first).toEqual({ state: { badSince: 1000 } })
    expect(chooseCoolDown(first.state, { now: 120_999, ...bad }).restMs).toBeUndefined()
    expect(chooseCoolDown(first.state, { now: 121_000, ...bad }).restMs).toBe(300_000)
  })
  const rows: [sentence: string, change: Partial<typeof bad>, restMs: number | undefined][] = [
    ['lasts as long as the server asks, if that is longer', { retryAfterMs: 900_000 }, 900_000],
    ['does not come when requests succeed', { successRate: 0.5 }, undefined],
    ['does not come when nothing is asked', { requests: 0 }, undefined],
  ]
  it.each(rows)('%s', (_, change, restMs) => {
    expect(chooseCoolDown({ badSince: 0 }, { now: 500_000, ...bad, ...change }).restMs).toBe(restMs)
  })
})

describe('a health check', () => {
  const rows: [sentence: string, failuresBefore: number, ok: boolean, latencyMs: number, verdict: string][] = [
    ['that is answered in time is healthy', 0, true, 5000, 'healthy'],
    ['that is answered late is doubtful', 0, true, 5001, 'doubtful'],
    ['that fails is doubtful', 0, false, 10, 'doubtful'],
    ['that fails a second time in a row calls for a rebuild', 1, false, 10, 'unhealthy'],
    ['that succeeds after one that failed is a recovery', 1, true, 10, 'recovered'],
  ]
  it.each(rows)('%s', (_, failuresInARow, ok, latencyMs, verdict) => {
    expect(assessHealth({ failuresInARow }, { ok, latencyMs, policy }).verdict).toBe(verdict)
  })
  it('needs two more failures for the next rebuild', () => {
    const rebuilt = assessHealth({ failuresInARow: 1 }, { ok: false, latencyMs: 0, policy })
    expect(assessHealth(rebuilt.state, { ok: false, latencyMs: 0, policy }).verdict).toBe('doubtful')
  })
})

describe('a failed range', () => {
  const delay = (
    failure: Failure,
    attempts: number,
    { alone = 0, failingShare = 0, random = 0.5, isLastWork = false } = {},
  ) => chooseRetryDelayMs({ failure, attempts, alone, failingShare, isLastWork, policy, random })
  const rows: [sentence: string, failure: Failure, attempts: number, delayMs: number | undefined][] = [
    ['is tried again after half of 0.2 s, by chance 0.5', { class: 'server-error' }, 1, 100],
    ['... twice as long each time', { class: 'server-error' }, 4, 800],
    ['... up to the cap', { class: 'throttled' }, 30, 10_000],
    ['... never before Retry-After', { class: 'throttled', retryAfterMs: 7000 }, 1, 7000],
    [
      '... and after a minute, were it told to come back tomorrow',
      { class: 'throttled', retryAfterMs: 864e5 },
      1,
      60_000,
    ],
    ['is given up after eight attempts', { class: 'changed' }, 8, undefined],
    ['is asked for again where the listing had it and one server has not', { class: 'missing' }, 2, 200],
    ['... but is believed to be gone after five', { class: 'missing' }, 5, undefined],
    ['... but not when the network is out: that is waited for', { class: 'connect' }, 99, 10_000],
    ['... nor when the service fails for all', { class: 'server-error' }, 99, 10_000],
    ['is asked again at once when the server had just closed', { class: 'reset', code: 'closed-before-answer' }, 1, 0],
    ['... once', { class: 'reset', code: 'closed-before-answer' }, 2, 200],
    ['is asked in the region that is named', { class: 'wrong-region', region: 'eu-west-1' }, 1, 100],
    ['... and nowhere when none is named', { class: 'wrong-region' }, 1, undefined],
    ['... but by its host where that is wanted', { class: 'wrong-region', code: 'PathStyleDomainForbidden' }, 1, 100],
  ]
  it.each(rows)('%s', (_, failure, attempts, delayMs) => {
    expect(delay(failure, attempts)).toBe(delayMs)
  })
  const whileOthersAreAnswered: [
    sentence: string,
    name: FailureClass,
    attempts: number,
    isTried: boolean,
    failingShare?: number,
  ][] = [
    ['a connection that breaks is given twice as many attempts', 'reset', 15, true],
    ['... and no more: a job never hangs on one object', 'reset', 16, false],
    ['so is one that stays silent', 'stalled', 15, true],
    ['... and no more', 'stalled', 16, false],
    ['a refusal is believed for a little longer', 'throttled', 23, true],
    ['... and no more', 'throttled', 24, false],
    ['a server that fails is asked eight times', 'server-error', 7, true],
    ['... and no more', 'server-error', 8, false],
    ['... unless others fail too now and then', 'server-error', 15, true, 0.2],
    ['... and then no more than twice as often', 'server-error', 16, false, 0.2],
    ['what is no answer of S3 counts alike', 'protocol', 8, false],
    ['one of many refusals says little about this object', 'throttled', 95, true, 0.5],
    ['... but something', 'throttled', 96, false, 0.5],
    ['the same holds where much breaks off', 'reset', 95, true, 0.5],
    ['... but not where little does', 'reset', 16, false, 0.3],
  ]
  it.each(whileOthersAreAnswered)('while others are answered, %s', (_, name, alone, isTried, failingShare = 0) => {
    expect(delay({ class: name }, alone + 1, { alone, failingShare }) !== undefined).toBe(isTried)
  })
  it.each(['reset', 'stalled', 'throttled', 'connect', 'dns'] as const)(
    'while nobody is answered, %s is waited out however long it lasts',
    (name) => {
      expect(delay({ class: name }, 10_000)).toBeDefined()
    },
  )
  it('waits a quarter as long at most when the job has nothing else to do', () => {
    expect(delay({ class: 'throttled' }, 30, { isLastWork: true })).toBe(2500)
  })
  const hopeless: FailureClass[] = ['denied', 'missing-bucket', 'archived', 'tls', 'disk-full', 'locked', 'usage']
  it.each(hopeless)('is not tried again when asking brings the same answer: %s', (name) => {
    expect(delay({ class: name }, 1)).toBeUndefined()
  })
  it.each(FAILURE_CLASSES)('waits for no less than nothing and no longer than the cap: %s', (name) => {
    for (const random of [0, 0.999]) {
      for (const attempts of [1, 3, 7, 1000]) {
        const milliseconds = delay({ class: name }, attempts, { random }) ?? 0
        expect(milliseconds).toBeGreaterThanOrEqual(0)
        expect(milliseconds).toBeLessThanOrEqual(policy.retryCapSeconds * 1000)
      }
    }
  })
})

describe('a failed page of the listing', () => {
  const rows: [
    sentence: string,
    failure: Failure,
    attempts: number,
    sawPage: boolean,
    goneMs: number,
    isTried: boolean,
  ][] = [
    ['is tried again', { class: 'connect' }, 3, false, 0, true],
    ['is given up soon while nobody has seen the bucket', { class: 'dns' }, 4, false, 0, false],
    ['... but not for throttling', { class: 'throttled' }, 9, false, 0, true],
    ['is waited for when the bucket has answered before', { class: 'dns' }, 99, true, 0, true],
    ['is given up when the network is gone for good', { class: 'dns' }, 99, true, 300_001, false],
    ['is waited for where a login page answers instead', { class: 'protocol' }, 99, true, 0, true],
    ['is tried again when it leads nowhere', { class: 'protocol', code: 'list-does-not-advance' }, 3, true, 0, true],
    ['... but not for ever', { class: 'protocol', code: 'list-does-not-advance' }, 8, true, 0, false],
    ['... nor when S3 knows no such page', { class: 'protocol', code: 'InvalidArgument' }, 8, true, 0, false],
    ['is not tried with credentials that are refused', { class: 'credentials' }, 1, true, 0, false],
  ]
  it.each(rows)('%s', (_, failure, attempts, sawPage, networkGoneMs, isTried) => {
    const delayMs = chooseListRetryDelayMs({ failure, attempts, policy, random: 0.5, sawPage, networkGoneMs })
    expect(delayMs !== undefined).toBe(isTried)
  })
})

describe('what holds the speed down', () => {
  const calm: LimitEvidence = {
    bytesPerSecond: 32e6,
    concurrency: 16,
    threads: 16,
    limitedRate: undefined,
    limitedSeconds: 0,
    successRate: 1,
    userLimit: 0,
    diskWriteMs: 2,
    loopLagMs: 3,
    tauSeconds: undefined,
    retireAgeSeconds: 3600,
    quarantined: [],
    dnsFailing: false,
    silentMs: 0,
    isWorking: true,
    requestsPerSecond: 2,
    firstByteMs: 80,
    serverErrors: 0,
    lostShare: 0,
  }
  const rows: [sentence: string, change: Partial<LimitEvidence>, code: string][] = [
    ['the line, when nothing else explains it', {}, 'line'],
    ['nothing, while nothing is asked for', { isWorking: false, silentMs: 99_999 }, 'none'],
    ['DNS, when it fails and nobody is connected', { dnsFailing: true, silentMs: 9000 }, 'dns'],
    ['the network, when nothing arrives', { silentMs: 3001 }, 'network-lost'],
    ['who turns connections away, when nothing arrives for that', { silentMs: 3001, refusedBy: 'tls' }, 'turned-away'],
    ['not one that was turned away, while others bring bytes', { refusedBy: 'tls' }, 'line'],
    ["the user's own limit, when it is nearly reached", { userLimit: 33e6 }, 'user-limit'],
    ['not the limit when it is far away', { userLimit: 99e6 }, 'line'],
    ['throttling', { limitedRate: 12, successRate: 0.97 }, 'throttling'],
    ['the disk', { diskWriteMs: 500 }, 'disk'],
    ['this machine', { loopLagMs: 400 }, 'cpu'],
    ["the server's errors", { successRate: 0.7, serverErrors: 30, recentRequests: 100 }, 'server'],
    [
      "the line, where the server's errors are few among other failures",
      { successRate: 0.5, serverErrors: 2, recentRequests: 24 },
      'line',
    ],
    ['the line, after one error of two requests', { successRate: 0.5, serverErrors: 1, recentRequests: 2 }, 'line'],
    ['the waiting for answers, when it takes most of the time', { requestsPerSecond: 150, firstByteMs: 80 }, 'latency'],
    ['not when bytes take more', { requestsPerSecond: 90, firstByteMs: 80 }, 'line'],
    [
      'not when fewer connections than allowed did as well: the line is full',
      { requestsPerSecond: 150, firstByteMs: 80, concurrency: 15 },
      'line',
    ],
    ['ageing before it', { requestsPerSecond: 150, firstByteMs: 80, tauSeconds: 15 }, 'ageing'],
    ['a bad address', { quarantined: ['192.0.2.3'] }, 'address'],
    ['connections that fall silent, when much time goes into them', { lostShare: 0.3 }, 'silence'],
    ['not when they are replaced in time', { lostShare: 0.05 }, 'line'],
    ['a listing that has not been answered at all', { isWorking: false, unansweredMs: 6000 }, 'unanswered'],
    ['a listing that is refused', { isWorking: false, bytesPerSecond: 0, listRefusedMs: 0 }, 'throttling'],
    ['not while there is other work', { listRefusedMs: 9000 }, 'line'],
    ['not one that takes its time', { isWorking: false, unansweredMs: 4000 }, 'none'],
    ['ageing connections', { tauSeconds: 15, retireAgeSeconds: 1.7 }, 'ageing'],
    [
      'a low limit that is kept in lumps',
      { userLimit: 1e5, bytesPerSecond: 0, pacedBytesPerSecond: 0.95e5, loopLagMs: 300 },
      'user-limit',
    ],
    [
      'the limit before throttling: it is the one the user can lift',
      { userLimit: 33e6, limitedRate: 12 },
      'user-limit',
    ],
  ]
  it.each(rows)('%s', (_, change, code) => {
    expect(explainLimit({ ...calm, ...change }).code).toBe(code)
  })
})

describe('what is said to hold the speed down is steady', () => {
  /** One look a second: `line cpu line` -> what is shown. */
  const shown = (seen: string) => {
    let held: HeldLimit | undefined
    return seen
      .split(' ')
      .map((code, second) => {
        held = holdLimit(held, { code, evidence: { second } } as unknown as HeldLimit['limit'], second * 1000)
        return held.limit.code
      })
      .join(' ')
  }
  const rows: [sentence: string, seen: string, shown: string][] = [
    ['two that come and go', 'line cpu line user-limit cpu line', 'line line line line line line'],
    ['one that has gone', 'line cpu cpu cpu cpu cpu', 'line line line line cpu cpu'],
    ['one that has gone, for two that come and go', 'disk line cpu line cpu line', 'disk disk disk disk cpu cpu'],
    ['a network that is lost is told at once, and so is its end', 'line network-lost cpu', 'line network-lost cpu'],
    [
      'throttling is told at once, but may flicker',
      'line throttling line throttling',
      'line throttling throttling throttling',
    ],
    ['the beginning and a pause', 'none line none cpu', 'none line none cpu'],
  ]
  it.each(rows)('%s', (_, seen, expected) => {
    expect(shown(seen)).toBe(expected)
  })
  it('shows the newest numbers of what it goes on to say', () => {
    const line = (second: number) => ({ code: 'line' as const, evidence: { second } })
    const held = holdLimit({ limit: line(1), seenAt: 1000 }, line(2), 2000)
    expect(held).toEqual({ limit: line(2), seenAt: 2000 })
  })
})
