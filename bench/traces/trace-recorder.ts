/**
 * Gathers what the decay alert reads ten times a second into
 * four rows a second, with figures short enough to keep. Pure.
 */
import type { DecayLook } from '../../electron/engine/govern/explain/detect-decay.ts'
import type { LimitEvidence } from '../../electron/engine/govern/explain/explain-limit.ts'
import type { TraceRow } from '../../electron/engine/testing/traces/trace.ts'

const ROW_MS = 250
/** Of a figure: more would only tell one second from the next. */
const DIGITS = 3

export function createTraceRecorder() {
  const rows: TraceRow[] = []
  let begunAt: number | undefined
  let gathered = emptyRow()

  return {
    look(look: DecayLook, evidence: () => LimitEvidence): void {
      begunAt ??= look.now
      const atMs = Math.round(look.now - begunAt)
      // A row is of one kind: what is no work is left out by the alert.
      if (look.isWorking !== gathered.isWorking && gathered.looks > 0) end(atMs, evidence())
      gathered.isWorking = look.isWorking
      gathered.looks++
      gathered.bytes += look.newBytes
      gathered.sizes.push(...look.newAnswers)
      if (atMs - (rows.at(-1)?.atMs ?? 0) >= ROW_MS) end(atMs, evidence())
    },
    rows: (): readonly TraceRow[] => rows,
  }

  function end(atMs: number, evidence: LimitEvidence): void {
    const { bytes, sizes, isWorking } = gathered
    const answeredBytes = sizes.length === 0 ? 0 : Math.round(sizes.reduce((sum, size) => sum + size, 0) / sizes.length)
    rows.push({ atMs, bytes, answers: sizes.length, answeredBytes, isWorking, evidence: shorten(evidence) })
    gathered = emptyRow()
  }
}

const emptyRow = () => ({ bytes: 0, sizes: [] as number[], isWorking: false, looks: 0 })

const shorten = (evidence: LimitEvidence): LimitEvidence =>
  Object.fromEntries(
    Object.entries(evidence).map(([name, value]) => [
      name,
      typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : value,
    ]),
  ) as LimitEvidence
