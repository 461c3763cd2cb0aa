/**
 * What a request or a connection meets when several weathers rule
 * together. Pure, but for what the weathers themselves remember.
 */
import type { ConnectionFacts, Fate, RequestFacts, Weather, WeatherContext } from './weather.ts'

export type Meeting = {
  /** Delays add up, whatever comes after them. */
  delayMs: number
  /** The first fate that is more than a delay; later weathers are not asked. */
  fate: Exclude<Fate, { kind: 'delay' }> | undefined
}

export function meetWeather(weather: readonly Weather[], request: RequestFacts, context: WeatherContext): Meeting {
  let delayMs = 0
  for (const part of weather) {
    const fate = part.fate?.(request, context)
    if (fate?.kind === 'delay') delayMs += fate.milliseconds
    else if (fate) return { delayMs, fate }
  }
  return { delayMs, fate: undefined }
}

export const weightOf = (weather: readonly Weather[], connection: ConnectionFacts, context: WeatherContext): number =>
  weather.reduce((weight, part) => weight * (part.connectionWeight?.(connection, context) ?? 1), 1)
