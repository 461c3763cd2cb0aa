import { expect, test } from 'vitest'
import type { Failure } from '../../../shared/failure.ts'
import { retryLookAfterMs, withoutBucket } from './browse.ts'

test.each<[string, Failure, attempts: number, delayMs: number | undefined]>([
  ['what may be over in a moment is asked again', { class: 'throttled' }, 1, 300],
  ['... twice', { class: 'reset' }, 2, 600],
  ['... and then told', { class: 'reset' }, 3, undefined],
  ['a service is given the time it asks for', { class: 'throttled', retryAfterMs: 2000 }, 1, 2000],
  ['... but nobody waits minutes for a look', { class: 'throttled', retryAfterMs: 120_000 }, 1, 5000],
  ['what asking again does not change is told at once', { class: 'denied' }, 1, undefined],
])('a look at a bucket: %s', (_, failure, attempts, delayMs) => {
  expect(retryLookAfterMs(failure, attempts)).toBe(delayMs)
})

test.each<[string, Failure, Failure]>([
  ['the stand-in for a bucket', { class: 'denied', subject: 'any' }, { class: 'denied' }],
  ['a host stays', { class: 'dns', subject: 's3.example.org' }, { class: 'dns', subject: 's3.example.org' }],
])('a list of buckets that fails names no bucket: %s', (_, failure, told) => {
  expect(withoutBucket(failure)).toEqual(told)
})
