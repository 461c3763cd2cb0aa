/**
 * Which limit the line names: the one of this moment while bytes move, else the one that held the job longest. Pure.
 */
import type { JobView } from '../../../shared/ipc-contract.ts'
import type { Limit } from '../../../shared/metrics-snapshot.ts'

export type Verdict =
  | { kind: 'now'; limit: Limit }
  /** `share` of the running time, 0-1. */
  | { kind: 'overall'; code: Limit['code']; share: number }
  | { kind: 'unknown' }

/** Less running time than this says nothing about a job. */
const SHORTEST_SECONDS = 5

export function chooseVerdict({ phase, limitSeconds = {} }: JobView, limit: Limit | undefined): Verdict {
  const isMoving =
    phase === 'running' ||
    phase === 'finishing' ||
    (phase === 'waiting' && (limit?.code === 'network-lost' || limit?.code === 'turned-away')) ||
    (phase === 'listing' && (limit?.code === 'unanswered' || limit?.code === 'throttling'))
  if (isMoving && limit) return { kind: 'now', limit }
  const held = Object.entries(limitSeconds) as [Limit['code'], number][]
  const total = held.reduce((sum, [, seconds]) => sum + seconds, 0)
  const [longest] = held.sort(([, one], [, other]) => other - one)
  if (!longest || total < SHORTEST_SECONDS) return { kind: 'unknown' }
  return { kind: 'overall', code: longest[0], share: longest[1] / total }
}
