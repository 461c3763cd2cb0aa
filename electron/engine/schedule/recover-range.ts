/**
 * What follows when a range, or a whole object, has failed. Which of these it is are pure decisions (`choose-recovery.ts`,
 * `failure-row.ts`, `judge-other-version.ts`); here it is done.
 */
import { type Failure, type FailureClass, type Outcome, success, TOO_LONG } from '../../../shared/failure.ts'
import type { PendingRange } from './choose-next-part.ts'
import { chooseRecovery } from './choose-recovery.ts'
import type { EtagCondition } from './etag-condition.ts'
import { addFailure, type FailureRow, isNormalEnd, NO_FAILURES } from './failure-row.ts'
import { judgeOtherVersion } from './judge-other-version.ts'
import type { ObjectEndings } from './object-endings.ts'
import type { ObjectLanding } from './object-landing.ts'
import { giveBack, isComplete, type OpenObject } from './open-object.ts'
import type { RunningTask } from './running-tasks.ts'
import type { WorkLedger } from './work-ledger.ts'

export type ErrorReport = {
  key: string
  /** First byte of the range, the byte it got to, and the first one behind it. */
  start: number
  reached: number
  end: number
  /** 1 = the first attempt for these bytes. */
  attempt: number
  failure: Failure
  action: 'retry' | 'restart' | 'give-up' | 'stop'
}

export type RangeRecoveryOptions = {
  ledger: Pick<WorkLedger, 'disk'>
  endings: ObjectEndings
  condition: EtagCondition
  /** Where objects go; open before the first one is taken. */
  landing(): ObjectLanding
  /** Monotonic milliseconds. */
  now(): number
  /** Milliseconds until the next attempt; undefined = give up. */
  retryAfterMs(failure: Failure, row: FailureRow): number | undefined
  /** When another object was last answered in a way that makes this failure the object's own. Monotonic milliseconds. */
  othersAnsweredAt(failure: FailureClass): number
  /** A part or an object has failed: where, how often before, and what is done about it. For the error log. */
  onError?(error: ErrorReport): void
  /** The whole job cannot go on. */
  onFatal(failure: Failure): void
  /** There may be work for an idle connection again. */
  onWork(): void
}

export type RangeRecovery = ReturnType<typeof createRangeRecovery>

/** Who sends too much three times over is not asked again. */
const MOST_TOO_LONG = 3

type FailedRange = {
  object: OpenObject
  /** What the task has not brought. */
  rest: PendingRange
  failure: Failure
  /** The failures of this range, this one included. */
  row: FailureRow
  /** Reports what is done about it. */
  note(action: ErrorReport['action']): void
}

export function createRangeRecovery(options: RangeRecoveryOptions) {
  const { endings, condition, landing, now, onWork, onFatal } = options
  const { disk } = options.ledger
  let retries = 0

  /** `reached`: the first byte that the task has not brought. */
  function recover(object: OpenObject, task: RunningTask, reached: number, failure: Failure): void {
    const { row, failures } = countFailure(object, task, reached, failure)
    const rest = { start: reached, end: task.end, failures, notBefore: 0 }
    const attempt = task.failures.length + 1
    // While the answer came, the journal may have been told of its bytes.
    const takenBack = failure.code === TOO_LONG ? disk.run(landing().takeBack(object)) : undefined
    const failed: FailedRange = {
      object,
      rest,
      failure,
      row,
      note: (action) => noteError(object, { start: task.start, reached, end: task.end, attempt, failure }, action),
    }
    const { note } = failed
    switch (chooseRecovery(failure, { isHeld: object.isHeld, isComplete: isComplete(object) })) {
      case 'give-back':
        giveBack(object, rest)
        break
      case 'stop':
        note('stop')
        giveBack(object, rest)
        onFatal(failure)
        break
      case 'doubt':
        void doubt(failed)
        break
      case 'ask-size':
        void askSize(failed, takenBack)
        break
      case 'restart':
        void restart(failed)
        break
      case 'fetch-whole':
        note('restart')
        void fetchWhole(object)
        break
      case 'give-up':
        giveUp(failed)
        break
      case 'finish':
        // What is wrong with the bytes is for the landing to report.
        if (failure.class !== 'corrupt') note('retry')
        endings.finish(object)
        break
      case 'retry':
        retry(failed)
    }
  }

  /**
   * `row`: the failures of this range with this one. `failures`: those that stay with what is left of it; that we
   * closed the connection ourselves is none, and one behind a fresh byte begins a new row.
   */
  function countFailure(
    object: OpenObject,
    task: RunningTask,
    reached: number,
    { class: failureClass }: Failure,
  ): { row: FailureRow; failures: FailureRow } {
    const at = { now: now(), othersAnsweredAt: options.othersAnsweredAt(failureClass) }
    const hasProgressed = reached > task.start
    const before = hasProgressed ? NO_FAILURES : task.failures
    const row = addFailure(before, at)
    if (failureClass === 'cancelled' || hasProgressed) return { row, failures: before }
    // Of several ranges that were under way at the same failure, one counts against the object.
    if (task.startedAt >= object.failures.lastAt) object.failures = addFailure(object.failures, at)
    return { row, failures: row }
  }

  function giveUp({ object, failure, row, note }: FailedRange): void {
    note('give-up')
    void endings.giveUp(object, failure, row.length)
  }

  function retry(failed: FailedRange): void {
    const { object, rest, failure, row, note } = failed
    const isCancelled = failure.class === 'cancelled'
    const delayMs = isCancelled ? 0 : options.retryAfterMs(failure, row)
    if (delayMs === undefined) {
      giveUp(failed)
      return
    }
    if (!isNormalEnd(failure, row.length)) {
      note('retry')
      if (!isCancelled) retries++
    }
    giveBack(object, { ...rest, notBefore: now() + delayMs })
    onWork()
  }

  function noteError(
    { key }: OpenObject,
    error: Omit<ErrorReport, 'key' | 'action'>,
    action: ErrorReport['action'],
  ): void {
    // Where we closed the connection ourselves, the part that did so reports it.
    const isOurs = error.failure.class === 'cancelled' || (error.failure.class === 'stalled' && action === 'retry')
    if (!isOurs) options.onError?.({ key, ...error, action })
  }

  function restart({ object, failure, note }: FailedRange): Promise<void> {
    note(endings.afterRestart(object, failure))
    return endings.restart(object, failure)
  }

  /** Whether S3 still calls the object as it was listed, asked once `before` is done; it is held meanwhile. */
  async function isStill(object: OpenObject, before?: Promise<unknown>): Promise<Outcome<boolean>> {
    object.isHeld = true
    await before
    const still = await disk.run(landing().isStill(object.index))
    object.isHeld = false
    return still
  }

  /** Another version of the object was answered, or a copy of it. */
  async function doubt(failed: FailedRange): Promise<void> {
    const { object, rest, failure, row, note } = failed
    const { verdict, mayBeCondition, mayBeItsCondition, delayMs } = judgeOtherVersion({
      httpStatus: failure.httpStatus,
      inARow: Math.max(1, object.failures.length),
      areEtagsGranted: condition.isGranted(),
    })
    const isAsked = verdict === 'ask-s3' || verdict === 'ask-last'
    const still = isAsked ? await isStill(object) : success(verdict === 'again')
    const isCancelled = !still.ok && still.failure.class === 'cancelled'
    if (!isCancelled && !(still.ok && still.value)) return restart(failed)
    if (verdict === 'ask-last' && !isCancelled) return giveUp(failed)
    if (mayBeCondition) condition.drop()
    else if (mayBeItsCondition) condition.dropFor(object)
    note('retry')
    retries++
    giveBack(object, { ...rest, failures: row, notBefore: now() + delayMs })
    onWork()
  }

  /** What S3 still calls as it was listed has not changed: then the answer was wrong, and may be right the next time. */
  async function askSize(failed: FailedRange, takenBack: Promise<unknown> | undefined): Promise<void> {
    const { object, rest, failure, row } = failed
    const still = await isStill(object, takenBack)
    if (takenBack && row.length >= MOST_TOO_LONG) return giveUp(failed)
    if (still.ok && still.value) return retry({ ...failed, failure: { ...failure, class: 'protocol' } })
    if (!still.ok && still.failure.class === 'cancelled') return giveBack(object, rest)
    return restart(failed)
  }

  /** The server sends whole objects only: one connection takes all of it, in one request. */
  async function fetchWhole(object: OpenObject): Promise<void> {
    await endings.hold(object)
    object.wholeOnly = true
    object.done = []
    if (object.proof) object.proof.sums = []
    object.pending = [{ start: 0, end: object.size, failures: NO_FAILURES, notBefore: 0 }]
    object.isHeld = false
    onWork()
  }

  return {
    recover,
    /** The whole object proved wrong, or its file could not be given its name. */
    noteLandingFailed(object: OpenObject, failure: Failure, action: ErrorReport['action']): void {
      noteError(object, { start: 0, reached: object.size, end: object.size, attempt: 1, failure }, action)
    },
    retries: () => retries,
  }
}
