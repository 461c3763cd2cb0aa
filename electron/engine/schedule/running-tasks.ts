/** The tasks under way: which connection fetches which range of which object, and where it has got to. */
import type { Span } from '../disk/byte-spans.ts'
import type { ByteRange } from '../engine-ports.ts'
import type { RunningRange } from './choose-next-part.ts'
import type { FailureRow } from './failure-row.ts'
import type { OpenObject } from './open-object.ts'
import { createPassingTable } from './passing-table.ts'

/** What the book reads of connections, and what it makes them do. */
export type TaskConnections = {
  /** The byte this task has reached; 0 while its worker has not begun it. */
  reached(connectionId: number, taskId: number): number
  bytesPerSecond(connectionId: number): number
  /** The worker thread that receives and writes for it. */
  thread(connectionId: number): number
  shrink(connectionId: number, end: number): void
  close(connectionId: number): void
}

export type RunningTask = {
  readonly taskId: number
  readonly object: OpenObject
  readonly connectionId: number
  readonly start: number
  end: number
  readonly failures: FailureRow
  /** Monotonic milliseconds. */
  readonly startedAt: number
}

export function createRunningTasks(connections: TaskConnections, now: () => number) {
  const tasks = createPassingTable<RunningTask>()
  let nextTaskId = 1

  function reachedBy({ connectionId, taskId, start }: RunningTask): number {
    return Math.max(start, connections.reached(connectionId, taskId))
  }

  /** What it has written of its own range: one whose range was shortened may have gone further. */
  function spanOf(taskId: number): Span | undefined {
    const task = tasks.get(taskId)
    if (!task) return undefined
    const reached = Math.min(reachedBy(task), task.end)
    return reached > task.start ? [task.start, reached] : undefined
  }

  return {
    get: tasks.get,
    reachedBy,
    begin(object: OpenObject, connectionId: number, range: ByteRange, failures: FailureRow): RunningTask {
      const taskId = nextTaskId++
      const task = { taskId, object, connectionId, start: range.start, end: range.end, failures, startedAt: now() }
      tasks.add(taskId, task)
      object.running.add(taskId)
      object.writer = connections.thread(connectionId)
      return task
    },
    /** The task has been reported. Undefined: it had been before. */
    end(taskId: number): RunningTask | undefined {
      const task = tasks.get(taskId)
      if (!task) return undefined
      tasks.delete(taskId)
      task.object.running.delete(taskId)
      return task
    },
    /** The task stops at an earlier byte; who fetches the rest is the caller's affair. */
    shrink(task: RunningTask, end: number): void {
      task.end = end
      connections.shrink(task.connectionId, end)
    },
    closeConnectionsOf(object: OpenObject): void {
      for (const taskId of object.running) {
        const task = tasks.get(taskId)
        if (task) connections.close(task.connectionId)
      }
    },
    /** What the tasks of an object have written so far. */
    spansOf(object: OpenObject): Span[] {
      return [...object.running].flatMap((taskId) => {
        const span = spanOf(taskId)
        return span ? [span] : []
      })
    },
    bytesOf(object: OpenObject): number {
      let bytes = 0
      for (const taskId of object.running) {
        const span = spanOf(taskId)
        if (span) bytes += span[1] - span[0]
      }
      return bytes
    },
    /** How many have brought bytes. */
    receiving(): number {
      let receiving = 0
      for (const task of tasks.values()) if (reachedBy(task) > task.start) receiving++
      return receiving
    },
    /** Those whose rest another connection could take over. */
    *splittable(mayRequest: (group: string) => boolean): Generator<RunningRange> {
      for (const task of tasks.values()) {
        const { taskId, object, connectionId, end } = task
        if (!isDivisible(object) || !mayRequest(object.group.name)) continue
        const reached = reachedBy(task)
        if (isVain(task, reached)) continue
        yield { taskId, reached, end, bytesPerSecond: connections.bytesPerSecond(connectionId) }
      }
    },
  }
}

/** Two connections may fetch parts of it. */
export const isDivisible = (object: OpenObject): boolean =>
  !object.isHeld && !object.wholeOnly && object.file.kind !== 'whole'

/**
 * A range that has failed and brings nothing is neither split nor handed over: it fares no better elsewhere, and its
 * next failure must not count against another range.
 */
export const isVain = (task: RunningTask, reached: number): boolean =>
  task.failures.length > 0 && reached === task.start
