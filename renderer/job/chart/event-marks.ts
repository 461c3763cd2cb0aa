/** Which events are worth a mark on the chart, and how many marks fit beside each other. Pure. */
import type { EngineEvent, EventCode } from '../../../shared/engine-event.ts'
import type { JobWords } from '../../i18n/job-zh.ts'

export type MarkKind = keyof JobWords['markKinds']

const KIND_OF: Partial<Record<EventCode, MarkKind>> = {
  'pool-rebuilding': 'rebuild',
  throttled: 'throttle',
  'cooling-down': 'cooling',
  'decay-alert': 'alert',
  'network-lost': 'network',
  'dns-failed': 'dns',
  'dns-stale': 'dns',
  'disk-full': 'disk',
  'disk-slow': 'disk',
  paused: 'pause',
  resumed: 'pause',
  'limits-changed': 'limits',
  'object-failed': 'failure',
}
export const markKindOf = (event: EngineEvent): MarkKind | undefined => KIND_OF[event.code]

/** `at` in unix seconds. */
export type Mark = { kind: MarkKind; at: number; event: EngineEvent }
/** Marks of one kind that would touch each other. */
export type MarkCluster = { kind: MarkKind; at: number; marks: readonly Mark[] }

/** Marks of all known events, oldest first, each once. */
export function collectMarks(...sources: readonly (readonly EngineEvent[])[]): Mark[] {
  const seen = new Set<string>()
  const marks: Mark[] = []
  for (const event of sources.flat()) {
    const kind = markKindOf(event)
    if (!kind) continue
    const identity = `${event.time} ${event.code} ${JSON.stringify(event.reason)}`
    if (seen.has(identity)) continue
    seen.add(identity)
    marks.push({ kind, at: Date.parse(event.time) / 1000, event })
  }
  return marks.sort((a, b) => a.at - b.at)
}

/** Joins marks of one kind that lie within `closerThanSeconds` of the cluster's first. Oldest first. */
export function clusterMarks(marks: readonly Mark[], closerThanSeconds: number): MarkCluster[] {
  const clusters: { kind: MarkKind; at: number; marks: Mark[] }[] = []
  const open = new Map<MarkKind, (typeof clusters)[number]>()
  for (const mark of marks) {
    const cluster = open.get(mark.kind)
    if (cluster && mark.at - cluster.at < closerThanSeconds) {
      cluster.marks.push(mark)
      continue
    }
    const fresh = { kind: mark.kind, at: mark.at, marks: [mark] }
    open.set(mark.kind, fresh)
    clusters.push(fresh)
  }
  return clusters
}

/** At most as many clusters as signs of `signPixels` fit into `pixels`, so that none is drawn over the axis. */
export function clusterToFit(
  marks: readonly Mark[],
  secondsPerPixel: number,
  pixels: number,
  signPixels: number,
): MarkCluster[] {
  for (let reach = signPixels; ; reach *= 2) {
    const clusters = clusterMarks(marks, reach * secondsPerPixel)
    if (clusters.length * signPixels <= pixels || reach > pixels) return clusters
  }
}

/** Where signs of marks at these rising places are drawn: `step` apart, the last no further right than `limit`. */
export function spreadSigns(places: readonly number[], step: number, limit: number): number[] {
  const signs: number[] = []
  for (const place of places) signs.push(Math.max(place, (signs.at(-1) ?? Number.NEGATIVE_INFINITY) + step))
  let most = limit
  return signs
    .reverse()
    .map((sign) => {
      const placed = Math.min(sign, most)
      most = placed - step
      return placed
    })
    .reverse()
}

export type MarkCount = { kind: MarkKind; marks: readonly Mark[] }

/** What the legend lists: the kinds present, in order of first appearance. */
export function countMarks(marks: readonly Mark[]): MarkCount[] {
  return [...Map.groupBy(marks, (mark) => mark.kind)].map(([kind, ofKind]) => ({ kind, marks: ofKind }))
}
