/**
 * Has the whole pool aged, or is the line slow? When all connections slow down together their median says nothing, so
 * one of them is replaced and compared with the rest. Clearly better: ageing is proven, and how fast it goes is
 * learned. Not better: the line is slow, nothing is touched, and the next experiment waits longer. Pure.
 *
 * With a speed that decays as exp(-age / tau), and c seconds lost for each new connection, retiring at age T costs
 * T / (2 tau) + c / T of the speed; that is least at T = sqrt(2 tau c) (DESIGN 6.1).
 */
import { median } from './choose-address.ts'

/** Monotonic milliseconds. */
export type AgeingSample = {
  now: number
  lines: readonly { id: number; openedAt: number; bytesPerSecond: number; isSettled: boolean }[]
  /** Handshake and first byte of a fresh connection, seconds. */
  setUpSeconds: number
  ceilingSeconds: number
  /** Throttling, a rate limit, the disk: a slow pool then has another reason. */
  isHeldBack: boolean
}

export type AgeingState = {
  /** Best median speed lately, which a worn pool falls short of. */
  best: number
  /** The connection under test; undefined = none. */
  experiment: { replacedAt: number; freshId: number | undefined; trigger: number } | undefined
  nextAt: number
  pauseMs: number
  tauSeconds: number | undefined
  learnedAt: number
}

export type AgeingAction =
  /** Replace this connection and watch the one that comes instead. */
  | { kind: 'experiment'; id: number }
  | {
      kind: 'learned'
      retireAgeSeconds: number
      tauSeconds: number
      freshBytesPerSecond: number
      oldBytesPerSecond: number
    }
  | { kind: 'not-ageing'; freshBytesPerSecond: number; oldBytesPerSecond: number }

export const startAgeing = (): AgeingState => ({
  best: 0,
  experiment: undefined,
  nextAt: 0,
  pauseMs: FIRST_PAUSE_MS,
  tauSeconds: undefined,
  learnedAt: 0,
})

/** The pool is below its best by this much: time to look. */
const SUSPICION = 0.85
/** A fresh connection that is faster than the old ones by this factor proves it. */
const PROOF = 1.2
/** The fresh connection is judged when it has been at work for this long ... */
const JUDGE_AFTER_MS = 1500
/** ... and given up when it has not come to work by then. */
const GIVE_UP_MS = 10_000
const FIRST_PAUSE_MS = 3000
const LONGEST_PAUSE_MS = 300_000
/** What was learned is doubted after this time: routes change. */
const MEMORY_MS = 600_000
/** The best speed fades by half in this time, so that a slower line becomes the new normal. */
const BEST_HALF_LIFE_MS = 600_000
/** Younger is no age: below it, changing connections costs more than any ageing. */
const LEAST_RETIRE_SECONDS = 0.5
/** Speeds of so many old connections make a median that chance does not move. */
const LEAST_LINES = 2

export function findAgeing(state: AgeingState, sample: AgeingSample): { state: AgeingState; action?: AgeingAction } {
  const { now, lines } = sample
  const old = lines.filter((line) => line.isSettled && line.id !== state.experiment?.freshId)
  const typical = median(old.map((line) => line.bytesPerSecond))
  const best = Math.max(typical, state.best * 0.5 ** (TICK_MS / BEST_HALF_LIFE_MS))
  const next: AgeingState = { ...state, best }
  if (state.tauSeconds !== undefined && now - state.learnedAt > MEMORY_MS) {
    return { state: { ...startAgeing(), best: typical, nextAt: now + FIRST_PAUSE_MS } }
  }
  if (state.experiment) return judge(next, state.experiment, sample, typical, old)
  if (sample.isHeldBack) return { state: { ...next, best: typical } }
  const isSuspicious = old.length >= LEAST_LINES && typical > 0 && typical < best * SUSPICION
  if (!isSuspicious || now < state.nextAt) return { state: next }
  const eldest = old.reduce((a, b) => (b.openedAt < a.openedAt ? b : a))
  return {
    state: { ...next, experiment: { replacedAt: now, freshId: undefined, trigger: typical } },
    action: { kind: 'experiment', id: eldest.id },
  }
}

/** Called ten times a second. */
const TICK_MS = 100

function judge(
  state: AgeingState,
  experiment: NonNullable<AgeingState['experiment']>,
  sample: AgeingSample,
  typical: number,
  old: AgeingSample['lines'],
): { state: AgeingState; action?: AgeingAction } {
  const { now, lines } = sample
  const fresh = lines.filter((line) => line.openedAt >= experiment.replacedAt).sort((a, b) => a.id - b.id)[0]
  if (!fresh?.isSettled || now - fresh.openedAt < JUDGE_AFTER_MS) {
    if (now - experiment.replacedAt < GIVE_UP_MS) {
      return { state: { ...state, experiment: { ...experiment, freshId: fresh?.id } } }
    }
    return { state: { ...state, experiment: undefined, nextAt: now + state.pauseMs } }
  }
  const numbers = { freshBytesPerSecond: Math.round(fresh.bytesPerSecond), oldBytesPerSecond: Math.round(typical) }
  const ratio = typical > 0 ? fresh.bytesPerSecond / typical : 0
  if (ratio < PROOF) {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, state.pauseMs * 2)
    // What is normal now is what the next suspicion is measured against.
    return {
      state: { ...state, experiment: undefined, nextAt: now + pauseMs, pauseMs, best: typical },
      action: { kind: 'not-ageing', ...numbers },
    }
  }
  const oldAge = median(old.map((line) => (now - line.openedAt) / 1000))
  const tauSeconds = Math.max(1, oldAge - (now - fresh.openedAt) / 1000) / Math.log(ratio)
  const retireAgeSeconds = chooseRetireAge(tauSeconds, sample.setUpSeconds, sample.ceilingSeconds)
  return {
    state: {
      ...state,
      experiment: undefined,
      tauSeconds,
      learnedAt: now,
      nextAt: now + MEMORY_MS,
      pauseMs: FIRST_PAUSE_MS,
    },
    action: { kind: 'learned', retireAgeSeconds, tauSeconds, ...numbers },
  }
}

/** sqrt(2 tau c), within reason. */
export const chooseRetireAge = (tauSeconds: number, setUpSeconds: number, ceilingSeconds: number): number =>
  Math.min(ceilingSeconds, Math.max(LEAST_RETIRE_SECONDS, Math.sqrt(2 * tauSeconds * Math.max(0.001, setUpSeconds))))
