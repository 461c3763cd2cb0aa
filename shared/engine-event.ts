/**
 * What happened, and why: a code and the numbers behind it, never prose.
 * Together these events are the decision log of a job.
 */
import { z } from 'zod'

export const EVENT_CODES = [
  'job-started',
  'listing-finished', //      all there is, and `bytesKept` of it that earlier runs have left
  'pool-warming',
  'pool-warmed',
  'pool-rebuilding',
  'pool-rebuilt',
  'connection-replaced',
  'connection-kept', //       all are slow, but a fresh connection was no better
  'throttled',
  'throttle-ended',
  'rate-changed',
  'concurrency-changed',
  'health-check-failed',
  'health-check-passed', //   only after a failed one
  'dns-failed',
  'dns-stale',
  'dns-recovered',
  'address-quarantined',
  'address-restored',
  'cooling-down',
  'cooled-down',
  'time-window-closed', //    nothing is fetched until the user's hours begin, `until` by the clock on the wall
  'time-window-opened',
  'network-lost',
  'network-restored',
  'object-changed',
  'file-damaged', //          what an earlier run has landed is no longer what it was: fetched anew
  'file-set-aside', //        no run of ours has put it there, and it bore an object's name: it lies under `path` now
  'object-gone', //           an earlier run has begun it, and the service has it no longer
  'object-failed',
  'object-retried',
  'path-mapped', //           a key that could not keep its own name on disk
  'journal-repaired',
  'disk-full',
  'disk-slow',
  'files-short', //           this machine gives no further file or socket: fewer connections until it does
  'limits-changed', //        threads or speed limit, by the user, while the job runs
  'paused',
  'resumed',
  'decay-alert',
  'retirement-age-learned',
  'ageing-refuted', //        renewed, all connections together brought no more: what was learned is taken back
  'job-finished',
] as const
const eventCodeSchema = z.enum(EVENT_CODES)
export type EventCode = z.infer<typeof eventCodeSchema>

/** Numbers and names only. Durations in seconds or milliseconds as the field's name says. */
const reasonSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
export type Reason = z.infer<typeof reasonSchema>

export const engineEventSchema = z.object({
  /** ISO 8601, UTC. */
  time: z.string(),
  code: eventCodeSchema,
  reason: reasonSchema,
})
export type EngineEvent = z.infer<typeof engineEventSchema>
