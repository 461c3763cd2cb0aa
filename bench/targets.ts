/** Which figures are enough: DESIGN 8.1, all as ratios within one run. Pure. */
import { type Cell, cpu, median, type Quantity, type Results, type Run, ratio, summarizeCell, wall } from './report.ts'
import type { Scheme } from './servers/bench-server.ts'

export type Verdict = {
  target: string
  /** What was measured, or why it was not. */
  measured: string
  /** Undefined: not measured. */
  isReached: boolean | undefined
}

const OURS = 'longhaul'
const MEMORY_BYTES = 150e6

export function judgeTargets(results: Results): Verdict[] {
  const cellOf = (work: string, scheme: Scheme) =>
    results.cells.find((cell) => cell.work === work && cell.scheme === scheme)
  const afterStart: Quantity = (run) =>
    run.client === OURS ? run.wallSeconds - results.start.wallSeconds : run.wallSeconds

  const hasFailed = (cell: Cell | undefined) =>
    results.failures.some(
      ({ client, work, scheme }) => client === OURS && work === cell?.work && scheme === cell?.scheme,
    )
  const judge = (target: string, cell: Cell | undefined, value: number | undefined, other: string, isEnough: Test) =>
    hasFailed(cell)
      ? { target, measured: 'longhaul failed', isReached: false }
      : judgeRatio(target, value, other, isEnough)

  const atMost = (target: string, cell: Cell | undefined, quantity: Quantity, other: string, limit: number): Verdict =>
    judge(target, cell, cell && ratio(cell, quantity, OURS, other), other, (value) => value <= limit)
  /** Objects per second stand to each other as wall times do, turned round. */
  const timesFaster = (target: string, cell: Cell | undefined, other: string, limit: number): Verdict =>
    judge(target, cell, cell && ratio(cell, wall, other, OURS), other, (value) => value >= limit)

  const large = cellOf('large', 'http')
  const largeTls = cellOf('large', 'tls')
  return [
    atMost('large, HTTP: wall <= 1.25 x cp, start of the program apart', large, afterStart, 'cp', 1.25),
    atMost('large, HTTP: CPU <= 0.35 x SDK', large, cpu, 'sdk', 0.35),
    atMost('large, HTTP: wall <= s5cmd', large, wall, 's5cmd', 1),
    atMost('large, HTTP: CPU <= s5cmd', large, cpu, 's5cmd', 1),
    atMost('large, TLS: CPU <= 0.6 x SDK', largeTls, cpu, 'sdk', 0.6),
    atMost('large, TLS: wall <= s5cmd', largeTls, wall, 's5cmd', 1),
    ...(['http', 'tls'] as const).flatMap((scheme) => {
      const name = `small, ${scheme.toUpperCase()}`
      const small = cellOf('small', scheme)
      return [
        timesFaster(`${name}: objects per second >= 4 x SDK`, small, 'sdk', 4),
        timesFaster(`${name}: objects per second >= 2 x s5cmd`, small, 's5cmd', 2),
      ]
    }),
    judgeMemory(results),
  ]
}

type Test = (value: number) => boolean

function judgeRatio(target: string, value: number | undefined, other: string, isEnough: Test): Verdict {
  if (value === undefined) return { target, measured: `not measured: ${other} was not there`, isReached: undefined }
  return { target, measured: `${value.toFixed(2)} x`, isReached: isEnough(value) }
}

function judgeMemory({ cells, idle }: Results): Verdict {
  const target = 'memory: peak <= 150 MB more than with one byte to fetch'
  const peaks = cells.flatMap((cell) => peakOf(cell) ?? [])
  if (peaks.length === 0 || idle.peakBytes === undefined) {
    return { target, measured: 'not measured: no /proc here', isReached: undefined }
  }
  const more = Math.max(...peaks) - idle.peakBytes
  return { target, measured: `${(more / 1e6).toFixed(0)} MB`, isReached: more <= MEMORY_BYTES }
}

const peakOf = (cell: Cell): number | undefined => summarizeCell(cell).find(({ client }) => client === OURS)?.peakBytes

/** Of ours without anything to transfer. */
export function summarizeFixedCost(runs: readonly Run[]): Results['idle'] {
  const known = (quantity: Quantity) => median(runs.map(quantity).filter((value) => value !== undefined))
  const cpuSeconds = known(cpu)
  const peakBytes = known((run) => run.peakBytes)
  return {
    wallSeconds: known(wall) ?? 0,
    ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
    ...(peakBytes === undefined ? {} : { peakBytes }),
  }
}
