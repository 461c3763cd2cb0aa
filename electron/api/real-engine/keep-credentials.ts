import type { CredentialProvider, Credentials } from '../../engine/list/bucket-client.ts'

/** Credentials are renewed this long before they expire, as in the SDK. */
const EARLY_MS = 5 * 60_000

/**
 * Caches credentials: one request to the provider at a time, and none while there are valid ones that were not refused.
 * While the provider fails, the old ones are used until they expire. `now` in Unix milliseconds.
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
      // Refused keys without an expiry date are not used again: nothing says that they are still valid.
      if (known?.expiresAt !== undefined && known.expiresAt > now()) return known
      throw error
    }
  }
}
