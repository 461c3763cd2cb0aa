/**
 * The server closes connections in the middle of a job, as S3
 * does: after about 100 answers, or after 5 to 20 s of rest.
 */
import type { Weather } from './weather.ts'

/** `isAnnounced: false`: the last answer does not say `Connection: close`. */
export const closesAfter = (requests: number, { isAnnounced = true } = {}): Weather => ({
  name: `closes after ${requests} requests${isAnnounced ? '' : ', unannounced'}`,
  closesAfterRequests: requests,
  ...(isAnnounced ? {} : { closesUnannounced: true }),
})

export const closesIdle = (seconds: number): Weather => ({
  name: `closes after ${seconds} s of rest`,
  closesIdleAfterSeconds: seconds,
})
