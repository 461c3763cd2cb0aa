import type { Credentials } from '../engine/list/s3-object-source.ts'

/**
 * The SDK wants new credentials five minutes before the old ones expire. Whoever gives them may be away just then: until
 * they have expired the old ones will do. `now` in Unix milliseconds.
 */
export function keepWhileGood(provide: () => Promise<Credentials>, now: () => number): () => Promise<Credentials> {
  let last: Credentials | undefined
  return async () => {
    try {
      last = await provide()
      return last
    } catch (error) {
      if (last?.expiresAt !== undefined && last.expiresAt > now()) return last
      throw error
    }
  }
}
