/** One address of several is bad: crawls, or resets what it is asked. */
import type { Weather } from './weather.ts'

export const badAddress = (options: { address: string; bytesPerSecond?: number; resets?: boolean }): Weather => ({
  name: `address ${options.address} is bad`,
  fate({ kind, connection }) {
    if (kind !== 'get' || !options.resets || connection.address !== options.address) return undefined
    return { kind: 'reset', afterBytes: 0 }
  },
  connectionRate: ({ address }) => (address === options.address ? (options.bytesPerSecond ?? 20_000) : undefined),
})
