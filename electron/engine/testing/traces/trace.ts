/**
 * A recorded run: what the decay alert and the verdict read of a real download, four times a second, as gzipped NDJSON.
 * It is replayed through the same pure functions.
 */
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Limit } from '../../../../shared/metrics-snapshot.ts'
import { type DecayAlert, detectDecay, startDecay } from '../../govern/explain/detect-decay.ts'
import { explainLimit, type LimitEvidence } from '../../govern/explain/explain-limit.ts'

/** Hours were compressed: a recorded second stands for so many. */
export const COMPRESSION = 15
/** Until then the line is well. */
export const TROUBLE_AT_MINUTES = 17

export type TraceRow = {
  /** Since the recording began, at the end of this row's time. */
  atMs: number
  bytes: number
  /** Requests answered well, and the mean size of their objects as the alert counts it. */
  answers: number
  answeredBytes: number
  isWorking: boolean
  /** At the end of the row. */
  evidence: LimitEvidence
}

export const packTrace = (rows: readonly TraceRow[]): Buffer =>
  gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join(''), { level: 9 })

export const unpackTrace = (packed: Buffer): TraceRow[] =>
  gunzipSync(packed)
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TraceRow)

export type Replay = {
  alerts: (DecayAlert & { minute: number })[]
  /** Minutes for which each thing was what held the speed, from a minute on. */
  heldMinutes(fromMinute: number): Partial<Record<Limit['code'], number>>
}

export function replayTrace(rows: readonly TraceRow[]): Replay {
  const alerts: Replay['alerts'] = []
  let state = startDecay(0)
  for (const { atMs, bytes, answers, answeredBytes, isWorking, evidence } of rows) {
    const found = detectDecay(state, {
      now: atMs * COMPRESSION,
      newBytes: bytes * COMPRESSION,
      newAnswers: Array<number>(answers).fill(answeredBytes),
      isWorking,
      limit: () => explainLimit(evidence),
    })
    state = found.state
    if (found.alert) alerts.push({ ...found.alert, minute: minuteOf(atMs) })
  }
  return {
    alerts,
    heldMinutes(fromMinute) {
      const held: Partial<Record<Limit['code'], number>> = {}
      rows.forEach(({ atMs, evidence }, index) => {
        if (minuteOf(atMs) < fromMinute) return
        const { code } = explainLimit(evidence)
        held[code] = (held[code] ?? 0) + minuteOf(atMs - (rows[index - 1]?.atMs ?? 0))
      })
      return held
    },
  }
}

const minuteOf = (atMs: number): number => (atMs * COMPRESSION) / 60_000
