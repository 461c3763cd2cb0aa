/** One address of several is bad: crawls, refuses or resets what it is asked, or accepts and never speaks. */
import type { Weather } from './weather.ts'

export type BadAddressOptions = {
  address: string
  /** Speed of a connection to it. */
  bytesPerSecond?: number
  resets?: boolean
  /** HTTP status of its answers to GETs, to this share of them. */
  refuses?: { status: number; share?: number }
  /** Takes every request, HEADs and listings too, and answers none. */
  isSilent?: boolean
}

const CODES: Record<number, string> = { 404: 'NoSuchKey', 503: 'SlowDown' }

export const badAddress = (options: BadAddressOptions): Weather => ({
  name: `address ${options.address} is bad`,
  fate({ kind, connection }, { random }) {
    if (connection.address !== options.address) return undefined
    if (options.isSilent) return { kind: 'silence', afterBytes: -1 }
    if (kind !== 'get') return undefined
    if (options.resets) return { kind: 'reset', afterBytes: 0 }
    const { status, share = 1 } = options.refuses ?? { status: 0, share: 0 }
    if (random() >= share) return undefined
    return { kind: 'refuse', status, code: CODES[status] ?? 'InternalError' }
  },
  connectionRate: ({ address }) =>
    address === options.address && !options.refuses ? (options.bytesPerSecond ?? 20_000) : undefined,
})
