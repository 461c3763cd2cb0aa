/** The shell over detect-decay.ts: feeds it ten times a second and emits what it finds. */
import type { EventCode, Reason } from '../../../../shared/engine-event.ts'
import { type DecayLook, detectDecay, MAX_OBJECT_BYTES, startDecay } from './detect-decay.ts'
import { explainLimit, type LimitEvidence } from './explain-limit.ts'

export type DecayWatchOptions = {
  /** Monotonic milliseconds. */
  now(): number
  evidence(): LimitEvidence
  emit(code: EventCode, reason: Reason): void
  /** Its input: for recordings, which tests replay (testing/traces/). */
  onLook?: ((look: DecayLook, evidence: () => LimitEvidence) => void) | undefined
}

export function createDecayWatch({ now, evidence, emit, onLook }: DecayWatchOptions) {
  let state = startDecay(now())
  /** Sizes of the objects that were answered for since the last look. */
  let answers: number[] = []

  return {
    noteAnswer(objectBytes: number): void {
      answers.push(Math.min(objectBytes, MAX_OBJECT_BYTES))
    },
    tick(look: Pick<DecayLook, 'newBytes' | 'isWorking'>): void {
      const whole = { ...look, now: now(), newAnswers: answers, limit: () => explainLimit(evidence()) }
      onLook?.(whole, evidence)
      const watched = detectDecay(state, whole)
      answers = []
      state = watched.state
      if (!watched.alert) return
      // Alert and evidence both have a speed: the alert's is the one that was compared.
      const { evidence: numbers, ...alert } = watched.alert
      emit('decay-alert', { ...numbers, ...alert })
    },
    /** A lower speed set by the user is no decay. */
    startOver(): void {
      state = startDecay(now())
    },
  }
}
