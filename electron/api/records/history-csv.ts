/**
 * A job's whole history as a table for spreadsheets. Holds
 * numbers, times and names of failure classes, nothing else. Pure.
 */
import { FAILURE_CLASSES } from '../../../shared/failure.ts'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { HISTORY_SERIES_NAMES, type History, type HistorySeries } from '../../../shared/job-history.ts'

/** Names with units. A spreadsheet of last year must still fit: names are added, never changed. */
const HEADERS: Record<HistorySeries, string> = {
  bytesPerSecond: 'speed (bytes/s)',
  concurrency: 'concurrency (connections allowed)',
  firstByteMsP50: 'first byte p50 (ms)',
  firstByteMsP95: 'first byte p95 (ms)',
  errorsPerSecond: 'errors (1/s)',
  connectionsActive: 'connections active',
  connectionsConnecting: 'connections connecting',
  connectionsIdle: 'connections idle',
  connectionsCloseWait: 'connections CLOSE_WAIT (max)',
  dnsMs: 'DNS look-up (ms)',
  diskWriteMs: 'disk write (ms)',
  rssBytes: 'memory RSS (bytes, max)',
  loopLagMs: 'event-loop lag (ms, max)',
}

/** One row a point; classes that never failed have no column; an empty cell = nothing was measured. */
export function historyCsv(history: History): string {
  const first = history.time[0] ?? 0
  const classes = FAILURE_CLASSES.filter((name) => history.errorsPerSecondByClass[name])
  const header = [
    ...['time (UTC)', 'elapsed (h)', 'stands for (s)'],
    ...HISTORY_SERIES_NAMES.map((name) => HEADERS[name]),
    ...classes.map((name) => `errors ${name} (1/s)`),
  ]
  const columns = [
    ...HISTORY_SERIES_NAMES.map((name) => history[name]),
    ...classes.map((name) => history.errorsPerSecondByClass[name] ?? []),
  ]
  const rows = history.time.map((time, index) => [
    new Date(time * 1000).toISOString(),
    ...[(time - first) / 3600, history.seconds[index] ?? null, ...columns.map((column) => column[index] ?? null)].map(
      cell,
    ),
  ])
  // Names hold commas, times and numbers never do.
  const quoted = header.map((name) => (name.includes(',') ? `"${name}"` : name))
  return [quoted, ...rows].map((row) => `${row.join(',')}\n`).join('')
}

/** `longhaul-202510-20251001.csv`: the last folder of the prefix and the day the job was made. */
export function writeHistoryCsv({ spec, createdAt }: JobView, history: History): { fileName: string; text: string } {
  const folder = spec.source.prefix.split('/').filter(Boolean).at(-1) ?? spec.source.bucket
  const safe = folder.replace(/[^\w.-]+/g, '-').slice(0, 60)
  return { fileName: `longhaul-${safe}-${createdAt.slice(0, 10).replace(/-/g, '')}.csv`, text: historyCsv(history) }
}

const cell = (value: number | null): string => (value === null ? '' : String(Math.round(value * 10_000) / 10_000))
