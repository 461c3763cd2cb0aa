/** The tasks under way: which connection fetches which range of which object, and where it has got to. */
import type { Span } from '../disk/byte-spans.ts'
import type { ByteRange, Keep } from '../engine-ports.ts'
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
  shorten(connectionId: number, wish: { taskId: number; keep: Keep }): void
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
  /** The free connection that has asked for a share, until the worker has answered. */
  shareFor: number | undefined
  /** When it was last answered, monotonic milliseconds. */
  answeredAt: number
}

/** A task that has kept all of its range is not asked again for this long. */
const KEEPS_MS = 100

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
    get size() {
      return tasks.size
    },
    get: tasks.get,
    reachedBy,
    begin(object: OpenObject, connectionId: number, range: ByteRange, failures: FailureRow): RunningTask {
      const taskId = nextTaskId++
      const { start, end } = range
      const share = { shareFor: undefined, answeredAt: Number.NEGATIVE_INFINITY }
      const task = { taskId, object, connectionId, start, end, failures, startedAt: now(), ...share }
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
    /** Asks for half of what the task has not fetched, for the sake of a free connection. */
    askForShare(task: RunningTask, connectionId: number): void {
      task.shareFor = connectionId
      connections.shorten(task.connectionId, { taskId: task.taskId, keep: 'half' })
    },
    /** Asks for all but these bytes. */
    askForRest({ connectionId, taskId }: RunningTask, keep: number): void {
      connections.shorten(connectionId, { taskId, keep })
    },
    awaitsShare: (connectionId: number): boolean => tasks.values().some(({ shareFor }) => shareFor === connectionId),
    /** The task ends there from now on; returns what it gives up. */
    shorten(task: RunningTask, end: number): ByteRange | undefined {
      task.shareFor = undefined
      task.answeredAt = now()
      if (end >= task.end) return undefined
      const rest = { start: end, end: task.end }
      task.end = end
      return rest
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
    /**
     * Those whose rest another connection could take over. One that has no byte yet was requested longer ago than
     * `leastSeconds`, after which its first should be there.
     */
    *shareable(mayRequest: (group: string) => boolean, leastSeconds: number): Generator<RunningRange> {
      for (const task of tasks.values()) {
        const { taskId, object, connectionId, end } = task
        if (task.shareFor !== undefined || now() < task.answeredAt + KEEPS_MS) continue
        if (!isDivisible(object) || !mayRequest(object.group.name)) continue
        const reached = reachedBy(task)
        if (isVain(task, reached)) continue
        if (reached === task.start && now() < task.startedAt + leastSeconds * 1000) continue
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
