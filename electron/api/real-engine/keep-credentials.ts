import type { CredentialProvider, Credentials } from '../../engine/list/bucket-client.ts'

/** New ones are requested so long before the old ones expire, as the SDK does. */
const EARLY_MS = 5 * 60_000

/**
 * May be asked often: one question at a time, and none while there are good keys that nobody refuses. Whoever gives new
 * ones may be away just then: until they have expired the old ones will do. `now` in Unix milliseconds.
 */
export function keepCredentials(provide: CredentialProvider, now: () => number): CredentialProvider {
  let known: Credentials | undefined
  let asking: Promise<Credentials> | undefined

  const renew: CredentialProvider = (...asked) => {
    asking ??= provide(...asked)
      .then((credentials) => {
        known = credentials
        return credentials
      })
      .finally(() => {
        asking = undefined
      })
    return asking
  }

  return async (areRefused, requests) => {
    const leftMs = (known?.expiresAt ?? Number.POSITIVE_INFINITY) - now()
    if (known && !areRefused && leftMs > 0) {
      if (leftMs < EARLY_MS) renew(false, requests).catch(() => {})
      return known
    }
    try {
      return await renew(areRefused, requests)
    } catch (error) {
      // Of keys without an end nobody knows whether they are good for anything, once they are refused.
      if (known?.expiresAt !== undefined && known.expiresAt > now()) return known
      throw error
    }
  }
}
