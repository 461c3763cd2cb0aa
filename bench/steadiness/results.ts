/** What one run of the benchmark found; `bench/results/steadiness.json`. */
import type { Figures, Times } from './figures.ts'

export type ClientName = 'longhaul' | 'sdk' | 'plan'

/** What only Longhaul tells of itself. */
export type OwnFigures = {
  /** Received twice, of what was received. */
  duplicateShare: number
  /** How long connections had been silent when that was noticed; empty when none was. */
  stallSeconds: number[]
  /** Decisions by event code. */
  events: Record<string, number>
  /** Most CLOSE_WAIT sockets at any second. */
  closeWait: number
}

export type ClientRun = Figures & {
  client: ClientName
  /** Mean bytes per second of each second, for the chart. */
  perSecond: number[]
  connections: number
  /** Open at the server after the client had ended. */
  leakedSockets: number
  own?: OwnFigures
}

export type WeatherResult = { name: string; title: string; runs: ClientRun[]; skipped?: string }

export type SteadinessResults = Times & {
  time: string
  machine: string
  weathers: WeatherResult[]
}
