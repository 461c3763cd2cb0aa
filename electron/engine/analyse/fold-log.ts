/** Entries -> a bounded state -> the analysis. No clock, no disk. */
import type { LogAnalysis } from '../../../shared/log-analysis.ts'
import { findBursts, findPeriod, largestBursts } from './find-bursts.ts'
import { judgeLog } from './judge-log.ts'
import type { LogEntry } from './parse-line.ts'
import { createPerformanceFold } from './performance-fold.ts'
import { addTime, startTimeBins } from './time-bins.ts'
import { createTopCounts } from './top-counts.ts'

const HOUR_MS = 3_600_000
const MAX_HOURS = 20_000
const SHOWN_HOURS = 336
/** Failures of the network path, not of the service or this machine: only these count against an address. */
const LINE_CLASSES = new Set(['stalled', 'slow', 'reset', 'connect', 'tls'])

export function createLogFold() {
  const kinds = { error: 0, python: 0, performance: 0, other: 0 }
  const [classes, addresses, prefixes, actions, lineAddresses] = Array.from({ length: 5 }, createTopCounts) as [
    ReturnType<typeof createTopCounts>,
    ReturnType<typeof createTopCounts>,
    ReturnType<typeof createTopCounts>,
    ReturnType<typeof createTopCounts>,
    ReturnType<typeof createTopCounts>,
  ]
  const bins = startTimeBins()
  const hours = new Map<number, number>()
  const performance = createPerformanceFold()
  let lines = 0
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY

  function noteTime(timeMs: number): void {
    if (timeMs < from) from = timeMs
    if (timeMs > to) to = timeMs
  }

  return {
    add(entry: LogEntry | undefined): void {
      lines++
      if (!entry) {
        kinds.other++
        return
      }
      kinds[entry.kind]++
      const { timeMs } = entry
      if (timeMs !== undefined) noteTime(timeMs)
      if (entry.kind === 'performance') {
        performance.add(entry.timeMs, entry.sample)
        return
      }
      classes.add(entry.class)
      if (entry.address) addresses.add(entry.address)
      if (entry.address && LINE_CLASSES.has(entry.class)) lineAddresses.add(entry.address)
      if (entry.key) prefixes.add(prefixOf(entry.key))
      if (entry.action) actions.add(entry.action)
      if (timeMs === undefined) return
      addTime(bins, timeMs)
      const hour = Math.floor(timeMs / HOUR_MS)
      if (hours.size < MAX_HOURS || hours.has(hour)) hours.set(hour, (hours.get(hour) ?? 0) + 1)
    },
    analysis(bytes: number): LogAnalysis {
      const bursts = findBursts(bins)
      const facts = {
        bytes,
        lines,
        kinds,
        from: isoOf(from),
        to: isoOf(to),
        errors: kinds.error + kinds.python,
        classes: classes.groups(),
        addresses: addresses.groups(),
        prefixes: prefixes.groups(),
        actions: actions.groups(),
        hours: [...hours]
          .sort(([one], [other]) => one - other)
          .slice(-SHOWN_HOURS)
          .map(([hour, count]) => ({ hour: isoOf(hour * HOUR_MS) ?? '', count })),
        bursts: largestBursts(bursts),
        period: findPeriod(bursts, bins.widthMs),
        performance: performance.result(),
      }
      const inBursts = bursts.reduce((sum, { count }) => sum + count, 0)
      return { ...facts, findings: judgeLog({ ...facts, inBursts, lineAddresses: lineAddresses.groups() }) }
    },
  }
}

/** The key may be a presigned URL, with slashes after its `?`. */
const SIGNED = /\?.*(?:X-Amz-|AWSAccessKeyId|Signature=)/i

function prefixOf(key: string): string {
  const path = key.includes('?') && SIGNED.test(key) ? key.slice(0, key.indexOf('?')) : key
  return path.slice(0, path.lastIndexOf('/') + 1)
}

/** Null for an invalid date. */
const isoOf = (timeMs: number): string | null => (Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString() : null)
