/**
 * Walks the listing and takes its objects in: each key once, as the globs want it, into the table, under its path; and
 * finds for each whether an earlier run has left all of it, a part, or nothing.
 */
import type { Failure, Outcome } from '../../../shared/failure.ts'
import { failed, success } from '../../../shared/failure.ts'
import type { JobSpec } from '../../../shared/job-spec.ts'
import type { EnginePorts, ListedObject } from '../engine-ports.ts'
import type { createObjectLanding } from '../land/land-objects.ts'
import { createKeyFilter } from '../list/key-filter.ts'
import { listObjects } from '../list/list-objects.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import { createRepeatCheck } from '../plan/repeat-check.ts'

export type TakeInListingOptions = {
  spec: Pick<JobSpec, 'source' | 'include' | 'exclude'>
  ports: Pick<EnginePorts, 'source' | 'random'>
  table: ObjectTable
  landing: Pick<ReturnType<typeof createObjectLanding>, 'pathOf' | 'areThere' | 'bytesLeft'>
  /** Objects that an earlier run has begun. */
  begun: Iterable<string>
  retryAfterMs(failure: Failure, attempts: number, sawPage: boolean): number | undefined
  sleep(milliseconds: number): Promise<void>
  /** Of each object in turn, whether an earlier run has landed it. */
  onObjects(objects: readonly { index: number; isThere: boolean }[]): Promise<void>
  signal: AbortSignal
}

export type TakenIn = {
  /** Bytes that earlier runs have left, of what is listed. */
  bytesKept: number
  /** What an earlier run has begun below the prefix, and the listing did not name. */
  unlisted: ReadonlySet<string>
}

/**
 * So many listed objects are looked at in one go: a page of a
 * thousand would keep connections waiting for their next object.
 */
const OBJECTS_AT_ONCE = 200

export async function takeInListing(options: TakeInListingOptions): Promise<Outcome<TakenIn>> {
  const { spec, ports, table, landing, sleep, signal } = options
  const { prefix } = spec.source
  const keys = createKeyFilter(prefix, spec)
  const isRepeated = createRepeatCheck(table, ports.random)
  const unlisted = new Set([...options.begun].filter((key) => key.startsWith(prefix)))
  let bytesKept = 0

  async function onPage(objects: readonly ListedObject[]): Promise<void> {
    for (let from = 0; from < objects.length && !signal.aborted; from += OBJECTS_AT_ONCE) {
      await takeIn(objects.slice(from, from + OBJECTS_AT_ONCE))
      // Lets the workers' news in.
      await sleep(0)
    }
  }

  async function takeIn(objects: readonly ListedObject[]): Promise<void> {
    const added: number[] = []
    for (const object of objects) {
      const verdict = keys.judge(object.key)
      if (verdict === 'beyond') break
      unlisted.delete(object.key)
      if (isRepeated(object.key) || verdict === 'excluded') continue
      const index = table.add(object)
      landing.pathOf(index)
      added.push(index)
    }
    const there = await landing.areThere(added)
    const taken = added.map((index, position) => ({ index, isThere: there[position] === true }))
    for (const { index, isThere } of taken) bytesKept += isThere ? table.size(index) : landing.bytesLeft(index)
    await options.onObjects(taken)
  }

  const listed = await listObjects({
    source: ports.source,
    prefix,
    retryAfterMs: (failure, attempts) => options.retryAfterMs(failure, attempts, keys.seen() > 0),
    sleep,
    onPage,
    isEnough: keys.isWholeKey,
    signal,
  })
  if (!listed.ok) return listed
  if (keys.seen() === 0 && prefix !== '') return failed({ class: 'missing', code: 'empty-prefix', subject: prefix })
  return success({ bytesKept, unlisted: keys.isWholeKey() ? new Set() : unlisted })
}
