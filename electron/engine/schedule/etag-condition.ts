/**
 * Whether a request names the pinned ETag as its condition (`If-Match`). Some servers refuse as a condition what their own
 * answers name; without the condition the worker compares the ETag of the answer with the pinned one.
 */
import type { OpenObject } from './open-object.ts'

export type EtagCondition = ReturnType<typeof createEtagCondition>

/** `receivingTasks`: how many tasks receive bytes just now. */
export function createEtagCondition(receivingTasks: () => number) {
  let isRefused = false
  let isGranted = false

  const isSentFor = ({ etag, isUnconditional }: OpenObject): boolean => etag !== '' && !isRefused && !isUnconditional

  return {
    isSentFor,
    /** A request for the object has brought bytes. */
    noteBytes(object: OpenObject): void {
      if (isSentFor(object)) isGranted = true
    },
    /** A request with a condition has been granted, or any is just now. */
    isGranted: (): boolean => isGranted || receivingTasks() > 0,
    /** The server refuses its ETags as a condition: no request has one any more. */
    drop(): void {
      isRefused = true
    },
    /** It refuses that of this object only. */
    dropFor(object: OpenObject): void {
      object.isUnconditional = true
    },
  }
}
