import type { Credentials } from '../engine/list/s3-object-source.ts'

/**
 * The SDK wants new credentials five minutes before the old ones expire. Whoever gives them may be away just then: until
 * they have expired the old ones will do. `now` in Unix milliseconds.
 */
export function keepWhileGood(
  provide: (areRefused?: boolean) => Promise<Credentials>,
  now: () => number,
): (areRefused?: boolean) => Promise<Credentials> {
  let last: Credentials | undefined
  return async (areRefused) => {
    try {
      last = await provide(areRefused)
      return last
    } catch (error) {
      if (last?.expiresAt !== undefined && last.expiresAt > now()) return last
      throw error
    }
  }
}
