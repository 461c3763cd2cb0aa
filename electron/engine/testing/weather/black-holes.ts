/** A share of the GETs goes silent for ever: half of them before the head, half in mid-body. */
import type { Weather } from './weather.ts'

export const blackHoles = (options: { share: number }): Weather => ({
  name: `${options.share * 100} % of requests go silent`,
  fate({ kind, bodyBytes }, { random }) {
    if (kind !== 'get' || random() >= options.share) return undefined
    return { kind: 'silence', afterBytes: random() < 0.5 ? -1 : Math.floor(random() * bodyBytes) }
  },
})
