/** One address of several is bad: crawls, resets what it is asked, or accepts and never speaks. */
import type { Weather } from './weather.ts'

export type BadAddressOptions = {
  address: string
  /** Speed of a connection to it. */
  bytesPerSecond?: number
  resets?: boolean
  /** Takes every request, HEADs and listings too, and answers none. */
  isSilent?: boolean
}

export const badAddress = (options: BadAddressOptions): Weather => ({
  name: `address ${options.address} is bad`,
  fate({ kind, connection }) {
    if (connection.address !== options.address) return undefined
    if (options.isSilent) return { kind: 'silence', afterBytes: -1 }
    return options.resets && kind === 'get' ? { kind: 'reset', afterBytes: 0 } : undefined
  },
  connectionRate: ({ address }) => (address === options.address ? (options.bytesPerSecond ?? 20_000) : undefined),
})
