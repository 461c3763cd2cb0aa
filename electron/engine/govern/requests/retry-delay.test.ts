import { describe, expect, it } from 'vitest'
import type { Failure, FailureClass } from '../../../../shared/failure.ts'
import { FAILURE_CLASSES } from '../../../../shared/failure.ts'
import { DEFAULT_POLICY } from '../../../../shared/policy.ts'
import { chooseListRetryDelayMs, chooseRetryDelayMs } from './retry-delay.ts'

const policy = DEFAULT_POLICY

describe('a failed range', () => {
  const delay = (
    failure: Failure,
    attempts: number,
    { alone = 0, failingShare = 0, random = 0.5, isLastWork = false, goneInARow = 0 } = {},
  ) => chooseRetryDelayMs({ failure, attempts, alone, failingShare, isLastWork, goneInARow, policy, random })
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
  it.each([
    [15, 2, true],
    [16, 1, true],
    [16, 2, false],
  ])('of many that are gone each is asked for twice: %i in a row, attempt %i', (goneInARow, attempts, isTried) => {
    expect(delay({ class: 'missing' }, attempts, { goneInARow }) !== undefined).toBe(isTried)
  })
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
    failing?: { failingMs: number; isAnswering: boolean },
  ][] = [
    ['is tried again', { class: 'connect' }, 3, false, 0, true],
    ['is given up soon while nobody has seen the bucket', { class: 'dns' }, 4, false, 0, false],
    ['... but not for throttling', { class: 'throttled' }, 9, false, 0, true],
    ['... nor where the answer is cut each time: somebody is there', { class: 'reset' }, 99, false, 0, true],
    ['... nor where the service fails', { class: 'server-error' }, 99, false, 0, true],
    [
      '... but for half a minute only: the port may be one of another protocol',
      { class: 'reset' },
      9,
      false,
      0,
      false,
      { failingMs: 30_001, isAnswering: true },
    ],
    [
      'is waited for three times as long where the service answers otherwise',
      { class: 'server-error' },
      99,
      true,
      0,
      true,
      { failingMs: 899_999, isAnswering: true },
    ],
    ['... and no more', { class: 'server-error' }, 99, true, 0, false, { failingMs: 900_001, isAnswering: true }],
    ['... but for throttling', { class: 'throttled' }, 99, true, 0, true, { failingMs: 9e9, isAnswering: true }],
    ['is waited for when the bucket has answered before', { class: 'dns' }, 99, true, 0, true],
    ['is given up when the network is gone for good', { class: 'dns' }, 99, true, 300_001, false],
    ['is waited for where a login page answers instead', { class: 'protocol' }, 99, true, 0, true],
    ['is waited for where somebody with another certificate answers', { class: 'tls' }, 99, true, 0, true],
    ['... for one of several servers may', { class: 'tls' }, 3, false, 0, true],
    ['... but not for long before the bucket has answered', { class: 'tls' }, 4, false, 0, false],
    ['is tried again when it leads nowhere', { class: 'protocol', code: 'list-does-not-advance' }, 3, true, 0, true],
    ['... but not for ever', { class: 'protocol', code: 'list-does-not-advance' }, 8, true, 0, false],
    ['... nor when S3 knows no such page', { class: 'protocol', code: 'InvalidArgument' }, 8, true, 0, false],
    ['is not tried with credentials that are refused', { class: 'credentials' }, 1, true, 0, false],
  ]
  it.each(rows)('%s', (_, failure, attempts, sawPage, networkGoneMs, isTried, failing) => {
    const at = { attempts, sawPage, networkGoneMs, failingMs: 0, isAnswering: false, ...failing }
    const delayMs = chooseListRetryDelayMs({ failure, policy, random: 0.5, ...at })
    expect(delayMs !== undefined).toBe(isTried)
  })
})
