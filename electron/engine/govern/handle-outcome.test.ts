import { expect, it } from 'vitest'
import type { Failure } from '../../../shared/failure.ts'
import type { TaskOutcome } from '../engine-ports.ts'
import { addAnswer, type ConnectionAnswers, NO_ANSWERS } from './connections/judge-server.ts'
import type { PooledConnection } from './connections/pooled-connection.ts'
import { createOutcomeHandler, type OutcomeHandlerOptions } from './handle-outcome.ts'

const NOW = 10_000
const REFUSED: Failure = { class: 'throttled', httpStatus: 503 }
const CROSSED: Failure = { class: 'reset', code: 'closed-before-answer' }

type Situation = {
  connection?: Partial<PooledConnection>
  /** What the other connections were answered: none unless said. */
  others?: ConnectionAnswers[]
  isRefusedForItself?: boolean
  budget?: { prefix: string | undefined; requestsPerSecond: number; isLimited: boolean }
}

const connectionWith = (fields: Partial<PooledConnection>): PooledConnection =>
  ({
    address: '192.0.2.1',
    requests: 5,
    answers: NO_ANSWERS,
    taskStartedAt: 9000,
    firstByteAt: 0,
    lastTask: { taskId: 1, key: 'data/2025/a.nc', objectSize: 100 },
    ...fields,
  }) as PooledConnection

/** Who was told what, in turn; `events` apart. */
function tell(failure: Failure | undefined, situation: Situation = {}) {
  const told: string[] = []
  const events: [string, object][] = []
  const note = (text: string) => () => void told.push(text)
  const connection = connectionWith(situation.connection ?? {})
  const others = (situation.others ?? []).map((answers) => connectionWith({ answers }))
  const options: OutcomeHandlerOptions = {
    now: () => NOW,
    book: {
      failuresOf: () => 0,
      isRefusedForItself: () => situation.isRefusedForItself ?? false,
      settle: (outcome) => void told.push(`range: ${outcome.failure?.class ?? 'done'}`),
    },
    pool: { connections: () => [connection, ...others].values() },
    window: {
      record: note('request'),
      recordError: note('error'),
      read: () => ({
        successRate: 0.9,
        recentRequests: 100,
        finishedRequests: 100,
        serverErrors: 0,
        requestsPerSecond: 20,
        firstByteMsP50: 20,
        firstByteMsP95: 40,
        errors: new Map(),
      }),
    },
    gates: {
      noteAnswer(prefix, { throttled }) {
        told.push(`budget of ${prefix}: ${throttled ? 'refused' : 'not refused'}`)
        return situation.budget
      },
      startOver: note('budgets start over'),
    },
    addresses: {
      noteGrant: note('address granted'),
      noteRefusal: note('address refused'),
      noteFailure: note('address failed'),
    },
    bucket: {
      blame: (what) => what,
      noteAccepted: note('credentials accepted'),
      noteElsewhere: note('bucket is elsewhere'),
      noteSkewed: note('clock is wrong'),
      noteRefused: note('credentials refused'),
    },
    access: { noteAccepted() {}, noteRefused: note('object refused') },
    network: { noteGrant: note('network grants'), noteFailure() {} },
    pace: { noteTurnedAway: (weight = 1) => void told.push(`turned away, ${weight.toFixed(2)}`) },
    level: () => 16,
    replaceRefused: note('connection replaced'),
    onGranted: note('granted'),
    emit: (code, reason) => void events.push([code, reason]),
  }
  const outcome: TaskOutcome = {
    taskId: 1,
    connectionId: 1,
    connectionEnds: false,
    reached: 0,
    received: 0,
    firstByteMs: failure === CROSSED ? 0 : 20,
    ...(failure ? { failure } : {}),
  }
  createOutcomeHandler(options)(outcome, connection)
  return { told, events }
}

const granted = (times: number) => Array.from({ length: times }, () => addAnswer(NO_ANSWERS, NOW, true))
const refused = (times: number, known = NO_ANSWERS) =>
  Array.from({ length: times }).reduce<ConnectionAnswers>((answers) => addAnswer(answers, 9000, false), known)
const BUDGET = 'budget of data/2025/'

it.each<[sentence: string, Failure | undefined, Situation, told: string[]]>([
  [
    'bytes of an object are good news for all',
    undefined,
    {},
    [
      ...['request', 'address granted', `${BUDGET}: not refused`],
      ...['network grants', 'granted', 'credentials accepted', 'range: done'],
    ],
  ],
  [
    'a refusal concerns the budget of its prefix, and the address',
    REFUSED,
    {},
    ['request', 'address refused', `${BUDGET}: refused`, 'error', 'range: throttled'],
  ],
  [
    '... of an object that is refused for itself neither',
    REFUSED,
    { isRefusedForItself: true },
    ['request', 'error', 'range: throttled'],
  ],
  [
    '... of a connection that was never granted anything, beside others that are, neither the budget nor the object',
    REFUSED,
    { others: granted(10) },
    ['request', 'address refused', 'error', 'range: cancelled'],
  ],
  [
    '... again and again: that server is left, and is perhaps one connection too many',
    REFUSED,
    { others: granted(10), connection: { answers: refused(2) } },
    [
      ...['request', 'address refused', 'turned away, 0.33', 'connection replaced', 'budgets start over'],
      ...['error', 'range: cancelled'],
    ],
  ],
  [
    '... of one that was granted something before: left, but not one too many',
    REFUSED,
    { others: granted(10), connection: { answers: refused(5, addAnswer(NO_ANSWERS, 8000, true)) } },
    [...['request', 'address refused', 'connection replaced', 'budgets start over'], ...['error', 'range: cancelled']],
  ],
  [
    'a server that only fails is left as well, but says nothing of budgets',
    { class: 'server-error', httpStatus: 500 },
    { others: granted(10), connection: { answers: refused(2) } },
    [...['request', 'turned away, 0.33', 'connection replaced'], ...['error', 'address failed', 'range: cancelled']],
  ],
  [
    'a connection that breaks accuses its address',
    { class: 'reset' },
    {},
    ['request', `${BUDGET}: not refused`, 'error', 'address failed', 'range: reset'],
  ],
  ['what we cut short accuses nobody', { class: 'cancelled' }, {}, ['range: cancelled']],
  [
    'closed unanswered while others are answered: one connection too many',
    CROSSED,
    { others: granted(1), connection: { requests: 1 } },
    ['turned away, 1.00', 'range: reset'],
  ],
  ['... while nobody is answered: no such thing', CROSSED, { connection: { requests: 1 } }, ['range: reset']],
  [
    'a bucket in another region is looked for there',
    { class: 'wrong-region', region: 'eu-west-1' },
    {},
    [
      ...['request', `${BUDGET}: not refused`, 'error', 'address failed'],
      ...['bucket is elsewhere', 'range: wrong-region'],
    ],
  ],
  [
    'a clock that is wrong is set by the server',
    { class: 'clock-skew' },
    {},
    ['request', `${BUDGET}: not refused`, 'error', 'address failed', 'clock is wrong', 'range: clock-skew'],
  ],
  [
    'credentials that are refused are renewed',
    { class: 'credentials' },
    {},
    ['request', `${BUDGET}: not refused`, 'error', 'address failed', 'credentials refused', 'range: credentials'],
  ],
])('%s', (_, failure, situation, told) => {
  expect(tell(failure, situation).told).toEqual(told)
})

it.each<[sentence: string, Failure | undefined, Situation['budget'], events: [string, object][]]>([
  ['a budget that stays as it is says nothing', undefined, undefined, []],
  [
    'one that is cut says which, and how much is left',
    { ...REFUSED, retryAfterMs: 2000 },
    { prefix: 'data/2025/', requestsPerSecond: 14, isLimited: true },
    [
      ['throttled', { prefix: 'data/2025/', status: 503, successRate: 0.9, retryAfterMs: 2000 }],
      ['rate-changed', { prefix: 'data/2025/', requestsPerSecond: 14, successRate: 0.9, delayMs: 71 }],
    ],
  ],
  [
    'one that all prefixes share names none',
    undefined,
    { prefix: undefined, requestsPerSecond: 14, isLimited: false },
    [['throttle-ended', {}]],
  ],
])('%s', (_, failure, budget, events) => {
  expect(tell(failure, budget ? { budget } : {}).events).toEqual(events)
})
