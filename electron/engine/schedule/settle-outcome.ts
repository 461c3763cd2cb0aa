/** Takes back what connections report: which bytes are done, and which are left. */
import type { Failure } from '../../../shared/failure.ts'
import type { TaskOutcome } from '../engine-ports.ts'
import type { EtagCondition } from './etag-condition.ts'
import { NO_FAILURES } from './failure-row.ts'
import type { ObjectEndings } from './object-endings.ts'
import type { ObjectLanding } from './object-landing.ts'
import { giveBack, isComplete, markDone, type OpenObject } from './open-object.ts'
import type { RangeRecovery } from './recover-range.ts'
import type { RunningTask } from './running-tasks.ts'
import type { WorkLedger } from './work-ledger.ts'

export type OutcomeSettlerOptions = {
  ledger: Pick<WorkLedger, 'running' | 'disk'>
  endings: Pick<ObjectEndings, 'finish' | 'giveUp'>
  recovery: Pick<RangeRecovery, 'recover'>
  condition: Pick<EtagCondition, 'noteBytes'>
  /** Where objects go; open before the first one is taken. */
  landing(): Pick<ObjectLanding, 'keepPart'>
  /** The job ends: nothing more is handed out. */
  isStopped(): boolean
}

export function createOutcomeSettler(options: OutcomeSettlerOptions): (outcome: TaskOutcome) => void {
  const { endings, recovery, condition, landing } = options
  const { running, disk } = options.ledger

  /** Takes back what a connection reports; each task exactly once. */
  function settle(outcome: TaskOutcome): void {
    const task = running.end(outcome.taskId)
    if (!task) return
    const { object } = task
    const reached = Math.min(Math.max(task.start, outcome.reached), task.end)
    if (reached > task.start) {
      object.failures = NO_FAILURES
      condition.noteBytes(object)
    }
    if (outcome.sums) object.proof?.sums.push(...outcome.sums)
    if (!outcome.failure) {
      markDone(object, { start: task.start, end: reached })
      giveBack(object, { start: reached, end: task.end, failures: NO_FAILURES, notBefore: 0 })
      // A small one has its name by now, whatever is done with the job meanwhile.
      if (isComplete(object) && (!object.isHeld || object.file.kind === 'whole')) endings.finish(object)
    } else if (object.file.kind === 'whole') void disk.run(recoverSmall(object, task, reached, outcome.failure))
    else {
      markDone(object, { start: task.start, end: reached })
      recovery.recover(object, task, reached, outcome.failure)
    }
    if (object.running.size > 0) return
    object.writer = undefined
    object.onQuiet?.()
  }

  /** A small object whose worker failed half-way goes on from where it got to, in a file of its own. */
  async function recoverSmall(object: OpenObject, task: RunningTask, reached: number, failure: Failure): Promise<void> {
    if (reached === task.start || (object.isHeld && !options.isStopped())) {
      recovery.recover(object, task, task.start, failure)
      return
    }
    const kept = await landing().keepPart(object)
    if (!kept.ok) return endings.giveUp(object, kept.failure, 1)
    markDone(object, { start: task.start, end: reached })
    recovery.recover(object, task, reached, failure)
  }

  return settle
}
