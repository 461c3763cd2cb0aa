import { expect, it } from 'vitest'
import { type Failure, TOO_LONG } from '../../../shared/failure.ts'
import { chooseRecovery, mayRestart, type Recovery } from './choose-recovery.ts'

const SIZE_DIFFERS: Failure = { class: 'changed', code: 'size-differs' }
const open = { isHeld: false, isComplete: false }
const held = { isHeld: true, isComplete: false }
const complete = { isHeld: false, isComplete: true }

it.each<[string, Failure, typeof open, Recovery]>([
  ['a connection that broke: what is missing is asked for again', { class: 'reset' }, open, 'retry'],
  ['one of ours that we closed alike', { class: 'cancelled' }, open, 'retry'],
  ['the last byte came before the connection broke', { class: 'reset' }, complete, 'finish'],
  ['a worker could not prove a small object right: the landing looks closer', { class: 'corrupt' }, complete, 'finish'],
  ['the disk is full: none of the others could go on either', { class: 'disk-full' }, open, 'stop'],
  ['... though all bytes of this one are written', { class: 'disk-full' }, complete, 'stop'],
  [
    'the object may be gone from the bucket, or not yet be there on one of its servers',
    { class: 'missing' },
    open,
    'retry',
  ],
  ['its file cannot be written', { class: 'disk' }, open, 'give-up'],
  ['another ETag was answered', { class: 'changed', code: 'etag-differs' }, open, 'doubt'],
  ['another time was answered, where there are no ETags', { class: 'changed', code: 'time-differs' }, open, 'doubt'],
  ['the pinned ETag was refused as a condition', { class: 'changed', httpStatus: 412 }, open, 'doubt'],
  ['the service knows no such condition', { class: 'server-error', httpStatus: 501 }, open, 'doubt'],
  ['another size was answered: the listing may be wrong, or the answer', SIZE_DIFFERS, open, 'ask-size'],
  [
    'the answer was too long: the listing may be wrong, or the answer',
    { class: 'protocol', code: TOO_LONG },
    open,
    'ask-size',
  ],
  ['the server sends whole objects only', { class: 'protocol', code: 'range-ignored' }, open, 'fetch-whole'],
  ['somebody holds the object, and decides what becomes of it', { class: 'missing' }, held, 'give-back'],
  ['... of the job, too', { class: 'disk-full' }, held, 'give-back'],
])('%s', (_name, failure, object, recovery) => {
  expect(chooseRecovery(failure, object)).toBe(recovery)
})

it.each<[Failure['class'], number]>([
  ['corrupt', 1],
  ['changed', 2],
  ['protocol', 2],
  ['disk', 0],
])('an object that is %s is fetched anew %i times', (name, times) => {
  const restarts = [0, 1, 2, 3].filter((before) => mayRestart({ class: name }, before))
  expect(restarts).toHaveLength(times)
})
