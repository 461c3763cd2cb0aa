import { expect, it } from 'vitest'
import { type Failure, REQUEST_UNSENT } from '../../../shared/failure.ts'
import { type Attribution, attributeOutcome, type OutcomeContext } from './attribute-outcome.ts'

const CONTEXT: OutcomeContext = {
  firstByteMs: 20,
  requests: 5,
  closing: undefined,
  address: '192.0.2.1',
  failuresBefore: 0,
  isRefusedForItself: false,
}
const CROSSED: Failure = { class: 'reset', code: 'closed-before-answer' }
const UNSENT: Failure = { class: 'reset', code: REQUEST_UNSENT }
const CANCELLED: Failure = { class: 'cancelled' }
const REFUSED: Failure = { class: 'throttled' }

it.each<[string, Failure | undefined, Partial<OutcomeContext>, Partial<Attribution>]>([
  ['an answer', undefined, {}, { isRequest: true, trouble: undefined, concernsBudget: true }],
  ['a refusal concerns budget and address', REFUSED, {}, { concernsBudget: true, concernsAddress: true }],
  [
    'of an object that is refused while others are granted it concerns neither',
    REFUSED,
    { isRefusedForItself: true },
    { isRequest: true, trouble: 'throttled', concernsBudget: false, concernsAddress: false },
  ],
  [
    'such an object that breaks off tells that it was not refused',
    { class: 'reset' },
    { isRefusedForItself: true },
    { concernsBudget: true, concernsAddress: false },
  ],
  ['what we cut short is no request', CANCELLED, {}, { isRequest: false, failure: CANCELLED }],
  [
    '... but a failure of its range when it had been silent',
    CANCELLED,
    { closing: 'stalled' },
    { isRequest: false, failure: { class: 'stalled', address: '192.0.2.1' } },
  ],
  [
    'that this machine has no file to spare is held against nobody',
    { class: 'disk', code: 'EMFILE' },
    {},
    { isRequest: false, failure: CANCELLED },
  ],
  ["the server's closing crossed our request: nothing has failed", CROSSED, {}, { isRequest: false }],
  ['... or came before it, however often', UNSENT, { failuresBefore: 3 }, { isRequest: false, failure: CANCELLED }],
  ['... a second time it has', CROSSED, { failuresBefore: 1 }, { isRequest: true, trouble: 'reset' }],
  [
    "an object that has become another is no trouble of the service's",
    { class: 'changed' },
    {},
    { trouble: undefined },
  ],
  ['... nor is one that is gone', { class: 'missing' }, {}, { isRequest: true, trouble: undefined }],
  ['... or is not for whoever asks', { class: 'denied' }, {}, { isRequest: true, trouble: undefined }],
  ['the first request of a connection, closed unanswered', CROSSED, { firstByteMs: 0, requests: 1 }, turnedAway(true)],
  ['... or closed before it could be sent', UNSENT, { firstByteMs: 0, requests: 1 }, turnedAway(true)],
  ['a later one', CROSSED, { firstByteMs: 0, requests: 2 }, turnedAway(false)],
  ['one that broke off after its first byte', { class: 'reset' }, { requests: 1 }, turnedAway(false)],
])('%s', (_name, failure, context, attribution) => {
  expect(attributeOutcome(failure, { ...CONTEXT, ...context })).toMatchObject(attribution)
})

function turnedAway(isTurnedAway: boolean) {
  return { isTurnedAway }
}
