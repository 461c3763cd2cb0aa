/** DESIGN 8.2 and the issue's own numbers, each judged on what was measured. Pure. */
import { noticedWithinSeconds } from './figures.ts'
import type { ClientRun, SteadinessResults, WeatherResult } from './results.ts'

export type Judged = { weather: string; target: string; measured: string; isReached: boolean }

const RATIO = 0.98
const SHARE = 0.95
const STALL_SECONDS = 6
const DUPLICATE = 0.01
const CONVERGENCE_SECONDS = 5
const REFUSED = 0.08
const GRANTED = 0.9
/** In calm weather no more than this is spent on caution: measured beside the naive pool in the same run. */
const CALM_BESIDE_SDK = 0.99

export function judge(results: SteadinessResults): Judged[] {
  return results.weathers.flatMap((weather) => {
    const ours = weather.runs.find(({ client }) => client === 'longhaul')
    const failure = weather.failures.find(({ client }) => client === 'longhaul')?.message ?? ours?.endedEarly
    const failed = { weather: weather.title, target: 'runs to the end', measured: failure ?? '', isReached: false }
    return [...(failure === undefined ? [] : [failed]), ...(ours ? judgeWeather(weather, ours) : [])]
  })
}

function judgeWeather(weather: WeatherResult, ours: ClientRun): Judged[] {
  const judged: Judged[] = []
  const add = (target: string, measured: string, isReached: boolean) =>
    judged.push({ weather: weather.title, target, measured, isReached })

  add(`last hour / hour 0 >= ${RATIO}`, ours.ratio.toFixed(3), ours.ratio >= RATIO)
  add(`goodput / capacity left >= ${SHARE}`, ours.capacityShare.toFixed(3), ours.capacityShare >= SHARE)
  add('sockets leaked = 0', String(ours.leakedSockets), ours.leakedSockets === 0)
  if (ours.convergenceSeconds !== undefined) {
    const isReached = ours.convergenceSeconds <= CONVERGENCE_SECONDS
    add(`back at capacity within ${CONVERGENCE_SECONDS} s`, `${ours.convergenceSeconds.toFixed(1)} s`, isReached)
  }
  if (ours.throttled) {
    const { refusedShare, grantedShare } = ours.throttled
    add(`refused <= ${percent(REFUSED)}`, percent(refusedShare), refusedShare <= REFUSED)
    add(`granted and used >= ${percent(GRANTED)}`, percent(grantedShare), grantedShare >= GRANTED)
  }
  const { duplicateShare } = ours.counted
  add(`received twice <= ${percent(DUPLICATE)}`, percent(duplicateShare), duplicateShare <= DUPLICATE)
  const noticed = noticedWithinSeconds(ours.own?.stalls ?? [])
  if (noticed !== undefined) {
    add(`99 of 100 stalls noticed within ${STALL_SECONDS} s`, `${noticed.toFixed(1)} s`, noticed <= STALL_SECONDS)
  }
  const naive = weather.runs.find(({ client }) => client === 'sdk')
  if (weather.name === 'calm' && naive) {
    const beside = ours.capacityShare / naive.capacityShare
    add(`calm: goodput / naive pool's >= ${CALM_BESIDE_SDK}`, beside.toFixed(3), beside >= CALM_BESIDE_SDK)
  }
  return judged
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
