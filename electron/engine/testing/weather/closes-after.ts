/** The server closes each connection after so many answers, as S3 does after about 100. */
import type { Weather } from './weather.ts'

export const closesAfter = (requests: number): Weather => ({
  name: `closes after ${requests} requests`,
  closesAfterRequests: requests,
})
