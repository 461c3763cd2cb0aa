/** `npm run bench -- steadiness [options]`. Pure. */
import { parseArgs } from 'node:util'
import type { Times } from './figures.ts'
import type { ClientName } from './results.ts'
import { inHours, WEATHERS, type WeatherRow } from './weathers.ts'

export type SteadinessOptions = Times & {
  weathers: readonly WeatherRow[]
  clients: readonly ClientName[]
  /** Everything was asked for: the figures may go into the documentation. */
  isFull: boolean
}

export const STEADINESS_USAGE = `npm run bench -- steadiness [options]
  --weather A,B      of ${WEATHERS.map(({ name }) => name).join(', ')}
  --clients A,B      of longhaul, sdk (a naive pool), plan (the same with the seed report's cures)
  --hours N          hours of each run (3)
  --hour-seconds N   how long an hour is (12)
  --real             an hour is an hour`

const CLIENTS = ['longhaul', 'sdk', 'plan'] as const
/** Long enough for several parts on each connection between two hours. */
const SHORTEST_HOUR_SECONDS = 8

/** Throws an error whose message is for the user. */
export function parseSteadinessOptions(args: string[]): SteadinessOptions {
  const { values } = parseArgs({
    args,
    options: {
      weather: { type: 'string' },
      clients: { type: 'string' },
      hours: { type: 'string', default: '3' },
      'hour-seconds': { type: 'string' },
      real: { type: 'boolean', default: false },
    },
  })
  if (values.real && values['hour-seconds']) throw new Error('--real and --hour-seconds contradict each other')
  const names = pick(
    '--weather',
    values.weather,
    WEATHERS.map(({ name }) => name),
  )
  const hourSeconds = values.real
    ? 3600
    : parseNumber('--hour-seconds', values['hour-seconds'] ?? '12', SHORTEST_HOUR_SECONDS, 3600)
  return {
    weathers: WEATHERS.filter(({ name }) => names.includes(name)).map((row) => inHours(row, hourSeconds)),
    clients: pick('--clients', values.clients, CLIENTS),
    hours: parseNumber('--hours', values.hours, 1, 48),
    hourSeconds,
    isFull: !values.weather && !values.clients && values.hours === '3',
  }
}

function parseNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new Error(`${flag}: "${text}" is no number from ${least} to ${most}`)
}

function pick<T extends string>(flag: string, text: string | undefined, choices: readonly T[]): T[] {
  if (text === undefined) return [...choices]
  return text.split(',').map((name) => {
    const choice = choices.find((candidate) => candidate === name)
    if (!choice) throw new Error(`${flag}: "${name}" is none of ${choices.join(', ')}`)
    return choice
  })
}
