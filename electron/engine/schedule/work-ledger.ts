/**
 * Where every object is that has not been settled: waiting, open, or on its way through the disk; and what has landed.
 */
import type { Span } from '../disk/byte-spans.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import { isDoubtful, isRefusedForItself } from './choose-next-part.ts'
import { createDiskWork } from './disk-work.ts'
import { doneBytes, type OpenObject } from './open-object.ts'
import { createPassingTable } from './passing-table.ts'
import { createRunningTasks, type TaskConnections } from './running-tasks.ts'
import { createWaitingObjects } from './waiting-objects.ts'

export type WorkLedger = ReturnType<typeof createWorkLedger>

export function createWorkLedger(table: ObjectTable, connections: TaskConnections, now: () => number) {
  const waiting = createWaitingObjects(table)
  const open = createPassingTable<OpenObject>()
  const running = createRunningTasks(connections, now)
  const disk = createDiskWork()
  let landedBytes = 0
  let lastLanded: number | undefined

  const liveBytesOf = (object: OpenObject): number => doneBytes(object) + running.bytesOf(object)

  function isTrueOf(taskId: number, test: (object: OpenObject) => boolean): boolean {
    const task = running.get(taskId)
    return task !== undefined && test(task.object)
  }

  /** What other folders read of it. */
  const questions = {
    /** Bytes of an object that are on disk or on their way there. */
    liveBytes(index: number): number {
      const object = open.get(index)
      return object ? liveBytesOf(object) : 0
    },
    /** What the job has on disk, finished objects included. */
    bytesDone(): number {
      let bytes = landedBytes
      for (const object of open.values()) bytes += liveBytesOf(object)
      return bytes
    },
    openObjects: (): readonly OpenObject[] => open.values(),
    /** What running tasks of an object have written so far. */
    runningSpans: (object: OpenObject): Span[] => running.spansOf(object),
    /** How often a running task's range has failed since its last fresh byte. */
    failuresOf: (taskId: number): number => running.get(taskId)?.failures.length ?? 0,
    /** The object of a running task probably cannot be had. */
    isDoubtful: (taskId: number): boolean => isTrueOf(taskId, isDoubtful),
    /** The object of a running task is refused for itself: no evidence about others. */
    isRefusedForItself: (taskId: number): boolean => isTrueOf(taskId, isRefusedForItself),
    /** Running tasks that have brought bytes. */
    receivingTasks: (): number => running.receiving(),
    /** Bytes are wanted from the network: some of what is left is not yet on its way through the disk. */
    wantsBytes(): boolean {
      if (waiting.size > 0) return true
      for (const object of open.values()) if (!object.isHeld) return true
      return false
    },
    /** Some range could be handed out, now or in a moment. */
    hasWaitingWork(): boolean {
      if (waiting.size > 0 || disk.mayBringRanges()) return true
      for (const object of open.values()) if (object.pending.length > 0) return true
      return false
    },
    /** Only objects are left that have failed before and bring nothing. */
    isLeftWithFailures(): boolean {
      if (open.size === 0 || waiting.size > 0 || disk.size > 0 || running.receiving() > 0) return false
      for (const object of open.values()) if (object.failures.length === 0) return false
      return true
    },
    /** The key of the object that landed last, leaving out empty ones. */
    landed: () => (lastLanded === undefined ? undefined : { key: table.key(lastLanded), etag: table.etag(lastLanded) }),
    /** Of the objects that wait, some, spread over all there are. */
    someWaiting: (count: number) =>
      Array.from({ length: count }, (_, part) => Math.floor(((part + 0.5) * table.length) / count))
        .filter((index, position, all) => index !== all[position - 1] && table.state(index) === 'waiting')
        .map((index) => ({ key: table.key(index), etag: table.etag(index) })),
    /** Nothing waits, runs or is on its way through the disk. */
    isIdle: (): boolean => waiting.size === 0 && disk.size === 0 && open.size === 0,
  }

  return {
    waiting,
    open,
    running,
    disk,
    noteLanded(index: number): void {
      landedBytes += table.size(index)
      if (table.size(index) > 0) lastLanded = index
    },
    questions,
  }
}
