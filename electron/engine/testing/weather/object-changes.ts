/** Somebody uploads an object anew in the middle of a job: from then on it has other bytes and another ETag. */
import type { Weather } from './weather.ts'

export const objectChanges = (options: { key: string; atSeconds: number }): Weather => ({
  name: `${options.key} changes at ${options.atSeconds} s`,
  version: (key, { seconds }) => (key === options.key && seconds >= options.atSeconds ? 1 : undefined),
})
