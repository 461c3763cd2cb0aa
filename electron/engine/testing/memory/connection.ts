/** One connection of the data plane in memory: copies the range of each task from the bucket into its file. */
import { type Failure, failed } from '../../../../shared/failure.ts'
import type { Clock, FetchTask, Keep, TaskOutcome } from '../../engine-ports.ts'
import { chooseEnd } from '../../transport/choose-end.ts'
import { openTaskFile, type TaskWriter } from '../../transport/task-writer.ts'
import type { MemoryBucket } from './source.ts'

/** What becomes of a task: it fails after so many bytes, or goes silent after so many. */
export type TaskFate = { afterBytes: number; failure: Failure; connectionEnds?: boolean } | { silentAfterBytes: number }

export type MemoryConnectionOptions = {
  id: number
  address: string
  bucket: MemoryBucket
  clock: Clock
  bytesPerSecond: number
  onFinished(outcome: TaskOutcome): void
  onShortened(taskId: number, end: number): void
  /** It takes no other task. */
  onEnd(): void
}

type Running = { task: FetchTask; end: number; begunAt: number; writer: TaskWriter; fate: TaskFate | undefined }

const STEP_MS = 5

export type MemoryConnection = ReturnType<typeof createMemoryConnection>

export function createMemoryConnection(options: MemoryConnectionOptions) {
  const { id, address, bucket, clock, bytesPerSecond } = options
  const counters = { bytes: 0, lastByteAt: clock.monotonic(), reached: 0, taskId: 0 }
  let running: Running | undefined
  let cancelTimer = () => {}

  function schedule(): void {
    cancelTimer = clock.after(STEP_MS, step)
  }

  function step(): void {
    if (!running) return
    const { task, fate, begunAt } = running
    const allowed = Math.floor((bytesPerSecond * (clock.monotonic() - begunAt)) / 1000)
    const strikesAfter = fate && ('silentAfterBytes' in fate ? fate.silentAfterBytes : fate.afterBytes)
    const target = task.range.start + Math.min(allowed, strikesAfter ?? Number.POSITIVE_INFINITY)
    const failure = copy(running, Math.min(target, running.end))
    const isStruck = strikesAfter !== undefined && counters.reached === task.range.start + strikesAfter
    if (failure) end(failure, false)
    else if (counters.reached === running.end) complete(running)
    else if (!isStruck) schedule()
    else if (fate && 'failure' in fate) end(fate.failure, fate.connectionEnds ?? true)
  }

  function copy({ task, writer }: Running, to: number): Failure | undefined {
    const length = to - counters.reached
    const object = bucket.find(task.key)
    if (length <= 0 || !object) return undefined
    const bytes = Buffer.allocUnsafe(length)
    bucket.read(object, bytes, counters.reached, length)
    const failure = writer.write(bytes, 0, length, counters.reached)
    if (failure) return failure
    counters.reached = to
    counters.bytes += length
    counters.lastByteAt = clock.monotonic()
    return undefined
  }

  function complete({ task, end, writer }: Running): void {
    running = undefined
    // An answer that was cut short leaves bytes on the connection that nobody wants.
    finish(task, writer.complete(), end < task.range.end)
  }

  function end(failure: Failure, connectionEnds: boolean): void {
    cancelTimer()
    if (!running) return
    const { task, writer } = running
    running = undefined
    writer.abandon()
    finish(task, failure, connectionEnds)
  }

  function finish({ taskId, range }: FetchTask, failure: Failure | undefined, connectionEnds: boolean): void {
    const { reached } = counters
    const received = reached - range.start
    const outcome: TaskOutcome = { taskId, connectionId: id, reached, received, firstByteMs: STEP_MS, connectionEnds }
    if (failure) outcome.failure = { ...failure, address }
    options.onFinished(outcome)
    if (connectionEnds) options.onEnd()
  }

  return {
    assign(task: FetchTask, chooseFate: () => TaskFate | undefined): void {
      if (running) throw new Error(`connection ${id} was given a second task`)
      counters.taskId = task.taskId
      counters.reached = task.range.start
      counters.lastByteAt = clock.monotonic()
      const refusal = whyRefused(bucket, task)
      const opened = refusal ? failed(refusal) : openTaskFile(task.file)
      if (!opened.ok) {
        finish(task, opened.failure, false)
        return
      }
      const fate = chooseFate()
      running = { task, end: task.range.end, begunAt: clock.monotonic(), writer: opened.value, fate }
      schedule()
    },
    shorten(taskId: number, keep: Keep): void {
      if (running?.task.taskId !== taskId) return
      running.end = chooseEnd({ reached: counters.reached, end: running.end, waiting: 0 }, keep)
      options.onShortened(taskId, running.end)
      if (counters.reached !== running.end) return
      cancelTimer()
      complete(running)
    },
    /** A running task fails as `cancelled`. */
    close(): void {
      end({ class: 'cancelled' }, true)
      options.onEnd()
    },
    counters: () => ({ ...counters }),
  }
}

/** As S3 would: the key must be there, under the pinned ETag. */
function whyRefused(bucket: MemoryBucket, { key, etag }: FetchTask): Failure | undefined {
  const object = bucket.find(key)
  if (!object) return { class: 'missing', code: 'NoSuchKey', httpStatus: 404, subject: key }
  const isChanged = etag !== '' && etag !== bucket.sums.etag(object)
  return isChanged ? { class: 'changed', code: 'PreconditionFailed', httpStatus: 412, subject: key } : undefined
}
