/**
 * How an object leaves the book, exactly once: landed, failed, or given back to the
 * waiting ones to be fetched anew. No file is closed while a task writes to it.
 */
import type { Failure, Outcome } from '../../../shared/failure.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import { endsTheJob, isOtherVersion, mayRestart } from './choose-recovery.ts'
import type { ObjectLanding } from './object-landing.ts'
import { type OpenObject, whenQuiet } from './open-object.ts'
import type { WorkLedger } from './work-ledger.ts'

export type ObjectEvent = {
  kind: 'landed' | 'changed' | 'corrupt' | 'failed'
  index: number
  failure?: Failure
  attempts?: number
}

export type ObjectEndingsOptions = {
  table: ObjectTable
  landing(): ObjectLanding
  ledger: WorkLedger
  onObject(event: ObjectEvent): void
  /** The whole object proved wrong, or its file could not be given its name. */
  onLandingFailed(object: OpenObject, failure: Failure, action: 'restart' | 'give-up'): void
  onFatal(failure: Failure): void
  onWork(): void
}

export type ObjectEndings = ReturnType<typeof createObjectEndings>

export function createObjectEndings(options: ObjectEndingsOptions) {
  const { table, landing, ledger, onObject, onWork } = options
  const { open, running, disk } = ledger
  const restarts = new Map<number, number>()

  /** All its bytes are written. */
  function finish(object: OpenObject): void {
    if (object.file.kind === 'open') {
      void complete(object)
      return
    }
    open.delete(object.index)
    landing().landed(object)
    settleLanded(object.index)
  }

  async function complete(object: OpenObject): Promise<void> {
    object.isHeld = true
    table.setState(object.index, 'verifying')
    const landed = await disk.run(landing().land(object), true)
    if (landed.ok) {
      open.delete(object.index)
      settleLanded(object.index)
    } else {
      const { failure } = landed
      options.onLandingFailed(object, failure, afterRestart(object, failure))
      await restart(object, failure)
    }
    onWork()
  }

  function settleLanded(index: number): void {
    if (table.state(index) !== 'skipped') table.setState(index, 'done')
    ledger.noteLanded(index)
    onObject({ kind: 'landed', index })
  }

  const restartsOf = ({ index }: OpenObject): number => restarts.get(index) ?? 0

  /** What `restart` will do. */
  function afterRestart(object: OpenObject, failure: Failure): 'restart' | 'give-up' {
    return mayRestart(failure, restartsOf(object)) ? 'restart' : 'give-up'
  }

  /** The object is fetched anew, alone, or given up; everything else goes on. */
  async function restart(object: OpenObject, failure: Failure): Promise<void> {
    const count = restartsOf(object) + 1
    if (!mayRestart(failure, restartsOf(object))) return giveUp(object, failure, count)
    restarts.set(object.index, count)
    const lastModified = table.lastModified(object.index)
    const pinned = await disk.run(replace(object))
    if (!pinned.ok) return fail(object.index, pinned.failure, count)
    const { index, etag, size } = object
    const isSameTime = etag !== '' || table.lastModified(index) === lastModified
    const isSame = isOtherVersion(failure) && table.etag(index) === etag && table.size(index) === size && isSameTime
    if (!isSame) onObject({ kind: failure.class === 'corrupt' ? 'corrupt' : 'changed', index, failure })
    table.setState(index, 'waiting')
    ledger.waiting.add(index)
    onWork()
  }

  /** Discards what was written, and looks anew at what the object is now. */
  async function replace(object: OpenObject): Promise<Outcome<void>> {
    await hold(object)
    await landing().discard(object)
    open.delete(object.index)
    return landing().repin(object.index)
  }

  async function giveUp(object: OpenObject, failure: Failure, attempts: number): Promise<void> {
    await disk.run(hold(object).then(() => landing().abandon(object)))
    open.delete(object.index)
    fail(object.index, failure, attempts)
  }

  function fail(index: number, reported: Failure, attempts: number): void {
    const failure = landing().explain(reported)
    // A retry by its user starts with all its restarts again.
    restarts.delete(index)
    if (failure.class === 'cancelled') table.setState(index, 'waiting')
    else if (endsTheJob(failure)) {
      table.setState(index, 'waiting')
      options.onFatal(failure)
    } else {
      table.setState(index, 'failed', failure.class)
      onObject({ kind: 'failed', index, failure, attempts })
    }
    onWork()
  }

  /** Nothing more is handed out; resolves when no task writes to the file. */
  function hold(object: OpenObject): Promise<void> {
    object.isHeld = true
    running.closeConnectionsOf(object)
    return whenQuiet(object)
  }

  return {
    finish,
    settleLanded,
    afterRestart,
    restart,
    giveUp,
    fail,
    hold,
    /** The caller has closed all connections. */
    async closeAll(): Promise<void> {
      await disk.untilDone()
      await Promise.all([...open.values()].map(hold))
      // Small objects that were cut off half-way are given files of their own.
      await disk.untilDone()
      await Promise.all([...open.values()].map((object) => landing().abandon(object)))
    },
  }
}
