/**
 * Has the whole pool aged, or is the line slow? When all connections slow down together their median is no evidence, so
 * one of them is replaced and compared with the rest. Clearly better: ageing is proven, and how fast it goes is
 * learned. Not better: the line is slow, nothing is touched, and the next experiment waits longer. Pure.
 *
 * Nothing is suspected while the total speed is as high as ever. What was
 * learned must soon raise that total, or it is revoked (ageing-trial.ts).
 *
 * While connections of different ages are active anyway, no experiment is needed: learn-retirement-age.ts compares them
 * continuously and keeps what was learned up to date.
 */
import { median } from '../../../../shared/robust-trend.ts'
import type { ConnectionSpeed } from '../connections/connection-speed.ts'
import {
  foldTotal,
  isSettledTotal,
  judgeTrial,
  startTotal,
  startTrial,
  type Total,
  type Trial,
  type TrialSample,
} from './ageing-trial.ts'
import { compareWithOld, type Marks, markAll, speedsSince } from './compare-with-old.ts'
import { type AgeingCurve, chooseRetireAge, fitTau, lookAtAges, startCurve } from './learn-retirement-age.ts'

export type AgeingSample = TrialSample & {
  connections: readonly (ConnectionSpeed & { id: number; openedAt: number; lastByteAt: number; isSettled: boolean })[]
  /** Handshake and first byte of a fresh connection, seconds. */
  setUpSeconds: number
  ceilingSeconds: number
  /** By throttling, a rate limit or the disk: the pool is then slow for another reason. */
  isHeldBack: boolean
}

export type AgeingState = {
  /** Best recent median speed, which an aged pool falls short of. */
  best: number
  /** The total speed, and its recent maximum. */
  total: Total
  bestTotal: number
  /** Since when the pool falls short of both; undefined = it does not. */
  suspiciousSince: number | undefined
  /** The connection under test, and what the old ones had received when it began receiving; undefined = none. */
  experiment: { replacedAt: number; freshId: number | undefined; hoped: number; marks: Marks } | undefined
  /** The trial of what was learned; undefined = it has passed, or nothing has been learned. */
  trial: Trial | undefined
  nextAt: number
  pauseMs: number
  curve: AgeingCurve
  /** Something else slowed the connections down: until then their smoothed speeds still show it. */
  blurredUntil: number
  tauSeconds: number | undefined
  learnedAt: number
  /** For how long the result of an experiment is trusted. */
  memoryMs: number
}

export type AgeingAction =
  /** Replace this connection and observe its successor. */
  | { kind: 'experiment'; id: number }
  | {
      kind: 'learned'
      retireAgeSeconds: number
      tauSeconds: number
      freshBytesPerSecond: number
      oldBytesPerSecond: number
    }
  | { kind: 'not-ageing'; freshBytesPerSecond: number; oldBytesPerSecond: number }
  /** What was learned is revoked: the renewed pool is no faster in total. */
  | { kind: 'no-gain'; goodputBytesPerSecond: number; beforeBytesPerSecond: number }

export const startAgeing = (): AgeingState => ({
  best: 0,
  total: startTotal(),
  bestTotal: 0,
  suspiciousSince: undefined,
  experiment: undefined,
  trial: undefined,
  nextAt: 0,
  pauseMs: FIRST_PAUSE_MS,
  curve: startCurve(0),
  blurredUntil: 0,
  tauSeconds: undefined,
  learnedAt: 0,
  memoryMs: FIRST_MEMORY_MS,
})

/** The median is below this share of its best ... */
const SUSPICION = 0.9
/** ... the total is below this one: a full line carries the same, however it is shared ... */
const SUSPICION_OF_ALL = 0.95
/** ... and both stay there for this long: a line that is cut falls too, but is soon silent. */
const SUSPICION_MS = 1500
/** The fresh connection is judged after working for the first time, in doubt after the second ... */
const JUDGE_AFTER_MS = 1500
const JUDGE_IN_DOUBT_MS = 5000
/** ... and the experiment is given up when it has not begun by then. */
const GIVE_UP_MS = 10_000
const FIRST_PAUSE_MS = 3000
const LONGEST_PAUSE_MS = 300_000
/**
 * What an experiment has shown is forgotten after this time, unless connections of different ages confirm it: it may
 * have been chance, and routes change. If it was true the pool soon shows it again, and it is kept for twice as long.
 */
const FIRST_MEMORY_MS = 120_000
const LONGEST_MEMORY_MS = 1_200_000
/** The evidence of connections of different ages is evaluated this often, and reported if it changed by this factor. */
const REVISE_EVERY_MS = 30_000
const WORTH_REPORTING = 1.25
/** The best speed decays by half in this time, so that a slower line becomes the new baseline. */
const BEST_HALF_LIFE_MS = 4 * 3_600_000
/** After another cause has slowed the connections, their smoothed speeds still show it for this long. */
const BLUR_MS = 6000
/** A working connection without a byte for this long is no evidence about its age. */
const SILENT_MS = 1000
/** Fewest old connections whose median is not a matter of chance. */
const LEAST_CONNECTIONS = 2
/** Called ten times a second. */
const TICK_MS = 100

type Found = { state: AgeingState; action?: AgeingAction }

export function findAgeing(before: AgeingState, sample: AgeingSample): Found {
  const { now, connections } = sample
  const settled = connections.filter((connection) => connection.isSettled)
  const silent = settled.filter((connection) => now - connection.lastByteAt > SILENT_MS)
  const counted = { ...before, total: foldTotal(before.total, sample) }
  const isCut = now - counted.total.lastByteAt > SILENT_MS
  const { state, action } = watchTrial(counted, sample, {
    last: before.total,
    settled,
    isDisturbed: sample.isHeldBack || isCut,
  })
  if (action) return { state, action }
  const isSilent = silent.length * 2 > settled.length
  if (sample.isHeldBack || isSilent) {
    const nextAt = Math.max(state.nextAt, now + BLUR_MS)
    return {
      state: { ...state, experiment: undefined, suspiciousSince: undefined, blurredUntil: now + BLUR_MS, nextAt },
    }
  }
  if (now < state.blurredUntil) return { state }

  const speaking = settled.filter((connection) => !silent.includes(connection))
  const old = speaking.filter((connection) => connection.id !== state.experiment?.freshId)
  const typical = median(old.map((connection) => connection.bytesPerSecond))
  const best = Math.max(typical, fade(state.best))
  const { bytesPerSecond } = state.total
  const isSettled = isSettledTotal(state.total)
  const bestTotal = Math.max(isSettled ? bytesPerSecond : 0, fade(state.bestTotal))
  const isShort = isSettled && bytesPerSecond < bestTotal * SUSPICION_OF_ALL
  const isSuspicious = isShort && old.length >= LEAST_CONNECTIONS && typical > 0 && typical < best * SUSPICION
  const suspiciousSince = isSuspicious ? (state.suspiciousSince ?? now) : undefined
  const curve = lookAtAges(state.curve, now, speaking)
  const next: AgeingState = { ...state, best, bestTotal, suspiciousSince, curve }

  if (state.experiment) return judge(next, state.experiment, sample, typical, old)
  const revised = revise(next, sample, { typical, isShort })
  if (revised) return revised
  if (suspiciousSince === undefined || now - suspiciousSince < SUSPICION_MS || now < state.nextAt) {
    return { state: next }
  }
  const eldest = old.reduce((a, b) => (b.openedAt < a.openedAt ? b : a))
  return {
    state: { ...next, experiment: { replacedAt: now, freshId: undefined, hoped: best, marks: markAll(old) } },
    action: { kind: 'experiment', id: eldest.id },
  }
}

const fade = (best: number): number => best * 0.5 ** (TICK_MS / BEST_HALF_LIFE_MS)

/** Whether renewing the connections pays. */
function watchTrial(
  state: AgeingState,
  sample: AgeingSample,
  seen: { last: Total; settled: AgeingSample['connections']; isDisturbed: boolean },
): Found {
  const { trial } = state
  if (!trial) return { state }
  // The disk, a limit, a cut line: the speeds before and after it are no evidence about the connections' age.
  if (seen.isDisturbed) return { state: { ...state, trial: startTrial(trial.before, sample) } }
  const verdict = judgeTrial(trial, sample, { last: seen.last, enough: state.bestTotal * SUSPICION_OF_ALL })
  if (verdict.kind === 'open') return { state: { ...state, trial: verdict.trial } }
  if (verdict.kind !== 'no-gain') return { state: { ...state, trial: undefined, pauseMs: FIRST_PAUSE_MS } }
  const pauseMs = Math.min(LONGEST_PAUSE_MS, state.pauseMs * 2)
  const nextAt = sample.now + pauseMs
  // What is normal now is what the next suspicion is measured against.
  const typical = median(seen.settled.map((connection) => connection.bytesPerSecond))
  const measure = { total: state.total, best: typical, bestTotal: verdict.bytesPerSecond }
  return {
    state: { ...startAgeing(), ...measure, curve: startCurve(sample.now), nextAt, pauseMs },
    action: {
      kind: 'no-gain',
      goodputBytesPerSecond: Math.round(verdict.bytesPerSecond),
      beforeBytesPerSecond: Math.round(trial.before),
    },
  }
}

/** Connections of different ages are at work: they show how fast they age without any experiment. */
function revise(
  state: AgeingState,
  sample: AgeingSample,
  { typical, isShort }: { typical: number; isShort: boolean },
): Found | undefined {
  const { now } = sample
  const isKnown = state.tauSeconds !== undefined
  if (now - state.learnedAt < REVISE_EVERY_MS) return undefined
  if (!isKnown && (!isShort || now < state.nextAt)) return undefined
  const tauSeconds = fitTau(state.curve, 'learn')
  if (tauSeconds !== undefined) {
    const change = state.tauSeconds === undefined ? Number.POSITIVE_INFINITY : tauSeconds / state.tauSeconds
    if (change < WORTH_REPORTING && change > 1 / WORTH_REPORTING) {
      return { state: { ...state, learnedAt: now } }
    }
    // Ageing so slow that no connection would retire earlier is not reported.
    const retireAgeSeconds = chooseRetireAge(tauSeconds, sample.setUpSeconds, sample.ceilingSeconds)
    if (!isKnown && retireAgeSeconds >= sample.ceilingSeconds) return undefined
    const speed = Math.round(typical)
    return {
      state: {
        ...state,
        tauSeconds,
        learnedAt: now,
        nextAt: now + FIRST_PAUSE_MS,
        trial: isKnown ? state.trial : startTrial(state.total.bytesPerSecond, sample),
      },
      action: { kind: 'learned', retireAgeSeconds, tauSeconds, freshBytesPerSecond: speed, oldBytesPerSecond: speed },
    }
  }
  if (isKnown && now - state.learnedAt > state.memoryMs) {
    if (fitTau(state.curve, 'keep') !== undefined) return { state: { ...state, learnedAt: now } }
    const { curve } = state
    const memoryMs = Math.min(LONGEST_MEMORY_MS, state.memoryMs * 2)
    const measure = { total: state.total, best: typical, bestTotal: state.total.bytesPerSecond }
    return { state: { ...startAgeing(), ...measure, curve, memoryMs, nextAt: now + FIRST_PAUSE_MS } }
  }
  return undefined
}

function judge(
  state: AgeingState,
  experiment: NonNullable<AgeingState['experiment']>,
  sample: AgeingSample,
  typical: number,
  old: AgeingSample['connections'],
): Found {
  const { now, connections } = sample
  const fresh = connections.filter(({ openedAt }) => openedAt >= experiment.replacedAt).sort((a, b) => a.id - b.id)[0]
  const watchedMs = fresh?.isSettled ? now - fresh.openedAt : 0
  const marks = fresh && fresh.workedMs > 0 ? experiment.marks : markAll(old)
  if (!fresh || watchedMs < JUDGE_AFTER_MS) {
    if (now - experiment.replacedAt < GIVE_UP_MS) {
      return { state: { ...state, experiment: { ...experiment, freshId: fresh?.id, marks } } }
    }
    return { state: { ...state, experiment: undefined, nextAt: now + state.pauseMs } }
  }
  const compared = compareWithOld(fresh, speedsSince(marks, old), experiment.hoped)
  const { ratio, isProven, isInDoubt, freshSpeed, oldSpeed } = compared
  if (isInDoubt && watchedMs < JUDGE_IN_DOUBT_MS) return { state }
  const ended = { ...state, experiment: undefined, suspiciousSince: undefined }
  const numbers = { freshBytesPerSecond: Math.round(freshSpeed), oldBytesPerSecond: Math.round(oldSpeed) }
  if (!isProven) {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, state.pauseMs * 2)
    // What is normal now is what the next suspicion is measured against.
    const measure = { best: typical, bestTotal: state.total.bytesPerSecond }
    return {
      state: { ...ended, ...measure, nextAt: now + pauseMs, pauseMs, memoryMs: FIRST_MEMORY_MS },
      action: { kind: 'not-ageing', ...numbers },
    }
  }
  const oldAge = median(old.map((connection) => (now - connection.openedAt) / 1000))
  const tauSeconds = Math.max(1, oldAge - watchedMs / 1000) / Math.log(ratio)
  const retireAgeSeconds = chooseRetireAge(tauSeconds, sample.setUpSeconds, sample.ceilingSeconds)
  return {
    state: {
      ...ended,
      tauSeconds,
      learnedAt: now,
      // Should the pool sink again, something about what was learned is wrong.
      nextAt: now + LONGEST_PAUSE_MS,
      trial: startTrial(state.total.bytesPerSecond, sample),
      best: Math.max(state.best, freshSpeed),
    },
    action: { kind: 'learned', retireAgeSeconds, tauSeconds, ...numbers },
  }
}
