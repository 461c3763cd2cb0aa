/** Runs -> medians and ratios. Pure. */
import type { Scheme } from './servers/bench-server.ts'

export type Run = {
  client: string
  /** Counted from 0; what ran in one round ran under the same conditions. */
  round: number
  wallSeconds: number
  cpuSeconds?: number
  peakBytes?: number
}

/** One work load over one scheme. */
export type Cell = {
  work: string
  scheme: Scheme
  description: string
  objects: number
  bytes: number
  runs: Run[]
}

export type ClientSummary = {
  client: string
  rounds: number
  wallSeconds: number
  fastestSeconds: number
  slowestSeconds: number
  cpuSeconds: number | undefined
  peakBytes: number | undefined
  bytesPerSecond: number
  objectsPerSecond: number
}

export type Results = {
  time: string
  /** `load`: processes that wanted a core in the last minute before the start; a quiet machine has none. */
  machine: {
    processor: string
    cores: number
    memoryBytes: number
    platform: string
    node: string
    storage: string
    load: number
  }
  server: string
  rounds: number
  isQuick: boolean
  /** Ours with nothing to do but print its version. */
  start: { wallSeconds: number; cpuSeconds?: number }
  /** Ours with one byte to fetch. */
  idle: { wallSeconds: number; cpuSeconds?: number; peakBytes?: number }
  cells: Cell[]
  absent: { name: string; reason: string }[]
  failures: { client: string; work: string; scheme: Scheme; reason: string }[]
}

export type Quantity = (run: Run) => number | undefined

export const wall: Quantity = (run) => run.wallSeconds
export const cpu: Quantity = (run) => run.cpuSeconds

/** The middle value, or the mean of the two middle ones; undefined of nothing. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)]
  const lower = sorted[Math.ceil(middle) - 1]
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2
}

/** In the order in which the clients first ran. */
export function summarizeCell(cell: Cell): ClientSummary[] {
  const clients = [...new Set(cell.runs.map((run) => run.client))]
  return clients.map((client) => {
    const runs = cell.runs.filter((run) => run.client === client)
    const walls = runs.map((run) => run.wallSeconds)
    const wallSeconds = median(walls) as number
    return {
      client,
      rounds: runs.length,
      wallSeconds,
      fastestSeconds: Math.min(...walls),
      slowestSeconds: Math.max(...walls),
      cpuSeconds: medianOf(runs, cpu),
      peakBytes: medianOf(runs, (run) => run.peakBytes),
      bytesPerSecond: cell.bytes / wallSeconds,
      objectsPerSecond: cell.objects / wallSeconds,
    }
  })
}

/**
 * Median over the rounds of one client's quantity by another's in the same round: what disturbed the machine
 * disturbed both. Undefined when no round has both.
 */
export function ratio(cell: Cell, quantity: Quantity, client: string, other: string): number | undefined {
  const ratios: number[] = []
  for (const run of cell.runs) {
    if (run.client !== client) continue
    const partner = cell.runs.find((candidate) => candidate.client === other && candidate.round === run.round)
    const above = quantity(run)
    const below = partner && quantity(partner)
    if (above !== undefined && below) ratios.push(above / below)
  }
  return median(ratios)
}

function medianOf(runs: readonly Run[], quantity: Quantity): number | undefined {
  return median(runs.map(quantity).filter((value) => value !== undefined))
}
