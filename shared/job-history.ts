/**
 * A job's history in columns of equal length, oldest first: what the program keeps, the window draws and the CSV holds.
 *
 * A point stands for the `seconds` before its `time`. Null = nothing was measured
 * then (no look-up, no write, or a point that was kept by an older version); it is
 * never drawn as zero. When points are folded into one, each series follows its rule:
 *
 *   mean   weighted by seconds, over those that were measured; so a rate times its seconds keeps its sum
 *   max    the worst of them: a leak, a peak or a frozen moment must not be averaged away
 */
import { z } from 'zod'
import { engineEventSchema } from './engine-event.ts'
import { FAILURE_CLASSES, type FailureClass } from './failure.ts'

/**
 * Every measured series but the errors by class, with its rule. The order is that of the stored tuples: append only.
 */
export const HISTORY_SERIES = {
  bytesPerSecond: 'mean',
  concurrency: 'mean',
  firstByteMsP50: 'mean',
  firstByteMsP95: 'mean',
  /** Failures per second, all classes. */
  errorsPerSecond: 'mean',
  /** Connections by state. */
  connectionsActive: 'mean',
  connectionsConnecting: 'mean',
  connectionsIdle: 'mean',
  connectionsCloseWait: 'max',
  /** Of the look-ups just before. */
  dnsMs: 'mean',
  /** Of one write. */
  diskWriteMs: 'mean',
  rssBytes: 'max',
  loopLagMs: 'max',
} as const satisfies Record<string, 'mean' | 'max'>
export type HistorySeries = keyof typeof HISTORY_SERIES
export const HISTORY_SERIES_NAMES = Object.keys(HISTORY_SERIES) as readonly HistorySeries[]

/** A snapshot has exactly 0 for a time without a look-up, a write or a first byte. */
export const ifMeasured = (value: number): number | null => (value > 0 ? value : null)

const columnSchema = z.array(z.number().nullable())
const columnSchemas = Object.fromEntries(HISTORY_SERIES_NAMES.map((name) => [name, columnSchema])) as Record<
  HistorySeries,
  typeof columnSchema
>

export const historySchema = z.object({
  /** Unix seconds. Rises strictly. */
  time: z.array(z.number()),
  /** How long each point stands for. Where `time - seconds` is later than the point before, nothing ran. */
  seconds: z.array(z.number()),
  ...columnSchemas,
  /** Failures per second (rule: mean), only of the classes that occurred; the same length as `time`. */
  errorsPerSecondByClass: z.partialRecord(z.enum(FAILURE_CLASSES), columnSchema),
  /** Events worth a mark on the chart. */
  marks: z.array(engineEventSchema),
  /** Unix seconds; left out: all are there. Earlier ones are no longer known. */
  marksSince: z.number().optional(),
})
export type History = z.infer<typeof historySchema>

/** Failures per second of one point, by class; a class that is not named had none. */
export type ErrorRates = Partial<Record<FailureClass, number>>

/** What is asked of a history: `(sinceSeconds, untilSeconds]` in Unix seconds, in at most `maxPoints` points. */
export const historyRangeSchema = z.object({
  /** 0 = from the beginning. */
  sinceSeconds: z.number().nonnegative(),
  /** Left out: to the newest. */
  untilSeconds: z.number().positive().optional(),
  /** Left out: every point that is kept. Points fall into buckets of one round step, so that a chart stands still. */
  maxPoints: z.number().int().min(10).max(50_000).optional(),
})
export type HistoryRange = z.infer<typeof historyRangeSchema>
