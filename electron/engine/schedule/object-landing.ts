import type { Failure, Outcome } from '../../../shared/failure.ts'
import type { OpenObject, PrefixGroup } from './open-object.ts'

/** What the book needs of the folder the objects go to. `land/land-objects.ts` makes the real one. */
export type ObjectLanding = {
  /** A small object with nothing to wait for: no folder to make, nothing left by an earlier run. Else undefined. */
  beginAtOnce(index: number, group: PrefixGroup): OpenObject | undefined
  /** Names the object's file, makes its folders, opens what an earlier run has left. Undefined: nothing to fetch. */
  begin(index: number, group: PrefixGroup): Promise<Outcome<OpenObject | undefined>>
  /** All bytes are here: verifies and gives the object its final name. */
  land(object: OpenObject): Promise<Outcome<void>>
  /** A small object was landed by its worker. */
  landed(object: OpenObject): void
  /** A small object could not be fetched in one go: from here on it grows in place like a big one. */
  keepPart(object: OpenObject): Promise<Outcome<void>>
  /** Closes the file, leaves what is written and records it in the journal. */
  abandon(object: OpenObject): Promise<void>
  /** The object is another one now, or its bytes are wrong: nothing written may be used. */
  discard(object: OpenObject): Promise<void>
  /** Of what the journal was told of it, only what is done now counts: some of the rest is not believed. */
  takeBack(object: OpenObject): Promise<Outcome<void>>
  /** Asks S3 what the object is now and pins that. */
  repin(index: number): Promise<Outcome<void>>
  /** What lies behind a failure: class `disk-gone` where the folder is no longer there, and no object is to blame. */
  explain(failure: Failure): Failure
  /** Asks S3 whether it is still the pinned one. */
  isStill(index: number): Promise<Outcome<boolean>>
}
