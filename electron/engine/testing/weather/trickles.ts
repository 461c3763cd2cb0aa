/** A share of the GETs trickles: never silent, never useful. */
import type { Weather } from './weather.ts'

export const trickles = (options: { share: number; bytesPerSecond?: number }): Weather => ({
  name: `${options.share * 100} % of requests trickle`,
  fate({ kind }, { random }) {
    if (kind !== 'get' || random() >= options.share) return undefined
    return { kind: 'trickle', bytesPerSecond: options.bytesPerSecond ?? 1024 }
  },
})
