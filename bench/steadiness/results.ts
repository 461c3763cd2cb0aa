/** What one run of the benchmark found; `bench/results/steadiness.json`. */
import type { Figures, OwnCountFigures, Stalls, Times } from './figures.ts'

export type ClientName = 'longhaul' | 'sdk' | 'plan'

/** What only Longhaul tells of itself. */
export type OwnFigures = {
  stalls: Stalls[]
  /** Decisions by event code. */
  events: Record<string, number>
  /** Most CLOSE_WAIT sockets at any second. */
  closeWait: number
}

export type ClientRun = Figures & {
  client: ClientName
  /** Mean bytes per second of each second, for the chart. */
  perSecond: number[]
  /** Connections opened in all, and open at the same time at most, as the server saw them. */
  connections: number
  mostSockets: number
  /** Open at the server after the client had ended. */
  leakedSockets: number
  /** By the client's own count. */
  counted: OwnCountFigures
  own?: OwnFigures
  /** Its last words, when it ended before its time was over. */
  endedEarly?: string
}

export type WeatherResult = {
  name: string
  title: string
  runs: ClientRun[]
  /** Share of all processors' time that was used, by clients, servers and whatever else ran. */
  busyShare?: number
  /** Runs that came to nothing. */
  failures: { client: ClientName; message: string }[]
  skipped?: string
}

export type SteadinessResults = Times & {
  time: string
  machine: string
  weathers: WeatherResult[]
}
