/**
 * The weathers of DESIGN 8.2, on a line of sixteen connections of 2 MB/s. Times are hours of the benchmark, which are
 * as many seconds as it is told. Pure: the server process makes the weather from these rows by name.
 */
import { ageingConnections } from '../../electron/engine/testing/weather/ageing-connections.ts'
import { badAddress } from '../../electron/engine/testing/weather/bad-address.ts'
import { blackHoles } from '../../electron/engine/testing/weather/black-holes.ts'
import { closesAfter } from '../../electron/engine/testing/weather/closes-after.ts'
import { connectionSpeed } from '../../electron/engine/testing/weather/line.ts'
import { throttling } from '../../electron/engine/testing/weather/throttling.ts'
import { trickles } from '../../electron/engine/testing/weather/trickles.ts'
import type { Weather } from '../../electron/engine/testing/weather/weather.ts'

export const CONNECTIONS = 16
const CONNECTION_BYTES_PER_SECOND = 2e6
/** What the weather leaves when it is calm. */
export const CAPACITY = CONNECTIONS * CONNECTION_BYTES_PER_SECOND

/** From and until, in hours. */
export type Span = [from: number, until: number]

type Capacity = [fromHour: number, bytesPerSecond: number][]

export type WeatherRow = {
  name: string
  title: string
  weather(): Weather[]
  partBytes: number
  /** Loopback addresses of the server; more than one needs Linux. */
  addresses: number
  /** DNS gives no answer. */
  dnsDead?: Span
  /** The client's disk stands still. */
  diskStall?: Span
  /** Bytes per second that the line can bring, from an hour on; the last one that has come is in force. */
  capacity: Capacity
  /** Requests per second that are granted. */
  granted?: number
}

const MIB = 1024 ** 2
const PART_BYTES = 4 * MIB
/** Small enough that requests, not bytes, are what is scarce. */
const THROTTLED_PART_BYTES = MIB
const GRANTED = 20
/** Tau of the issue's own measurement of other clients. */
const TAU_SECONDS = 15
const SHARE = 0.03
const BAD = '127.0.0.3'
/** Between the windows in which the speed at an hour is taken. */
const CUT: Span = [1.3, 1.7]
/** Longer than what counts as silence, in hours of twelve seconds. */
const DISK_STALL: Span = [1.25, 1.75]

const fresh = connectionSpeed(CONNECTION_BYTES_PER_SECOND)
const ageing = () => ageingConnections({ tauSeconds: TAU_SECONDS, bytesPerSecond: CONNECTION_BYTES_PER_SECOND })
const calm = { partBytes: PART_BYTES, addresses: 1, capacity: [[0, CAPACITY]] as Capacity }
const cut: Capacity = [
  [0, CAPACITY],
  [CUT[0], 0],
  [CUT[1], CAPACITY],
]

export const WEATHERS: readonly WeatherRow[] = [
  { ...calm, name: 'calm', title: 'calm', weather: () => [fresh] },
  { ...calm, name: 'ageing', title: `connections age, tau ${TAU_SECONDS} s`, weather: () => [ageing()] },
  { ...calm, name: 'holes', title: '3 % of requests go silent', weather: () => [fresh, blackHoles({ share: SHARE })] },
  {
    ...calm,
    name: 'trickles',
    title: '3 % of requests trickle at 1 KB/s',
    weather: () => [fresh, trickles({ share: SHARE })],
  },
  {
    ...calm,
    name: 'closes',
    title: 'closes after 100 requests',
    partBytes: MIB,
    weather: () => [fresh, closesAfter(100)],
  },
  {
    ...calm,
    name: 'throttling',
    title: `${GRANTED} requests/s granted, burst of ${GRANTED}`,
    partBytes: THROTTLED_PART_BYTES,
    granted: GRANTED,
    capacity: [[0, GRANTED * THROTTLED_PART_BYTES]],
    weather: () => [fresh, throttling({ requestsPerSecond: GRANTED, burst: GRANTED })],
  },
  {
    ...calm,
    name: 'address',
    title: 'one crawling address of eight',
    addresses: 8,
    weather: () => [fresh, badAddress({ address: BAD })],
  },
  {
    ...calm,
    name: 'dns',
    title: 'DNS dead, connections closed after 5 requests',
    dnsDead: [1, 1.8],
    weather: () => [fresh, closesAfter(5)],
  },
  {
    ...calm,
    name: 'disk',
    title: 'disk stands still',
    diskStall: DISK_STALL,
    weather: () => [fresh],
  },
  { ...calm, name: 'cut', title: 'line cut', capacity: cut, weather: () => [fresh] },
  {
    ...calm,
    name: 'narrow',
    title: 'line narrows to 3/8',
    capacity: [
      [0, CAPACITY],
      [0.75, (3 / 8) * CAPACITY],
      [2.25, CAPACITY],
    ],
    weather: () => [fresh],
  },
  {
    ...calm,
    name: 'all',
    title: 'all at once',
    addresses: 8,
    dnsDead: [2, 2.3],
    diskStall: [2.3, 2.7],
    capacity: cut,
    weather: () => [
      ageing(),
      blackHoles({ share: SHARE }),
      trickles({ share: SHARE }),
      closesAfter(100),
      badAddress({ address: BAD }),
    ],
  },
]

/** How long a trouble lasts in real hours (DESIGN 8.2); compressed ones are as long as their row says. */
const REAL_SECONDS = { dns: 600, disk: 60, cut: 60 }

/** The row for hours of this length: no trouble lasts longer than it would in real hours. */
export function inHours(row: WeatherRow, hourSeconds: number): WeatherRow {
  const shorten = ([from, until]: Span, seconds: number): Span => [from, Math.min(until, from + seconds / hourSeconds)]
  const capacity = row.capacity.map(([hour, bytesPerSecond], index): Capacity[number] => {
    const before = row.capacity[index - 1]
    return before?.[1] === 0
      ? [shorten([before[0], hour], REAL_SECONDS.cut)[1], bytesPerSecond]
      : [hour, bytesPerSecond]
  })
  return {
    ...row,
    capacity,
    ...(row.dnsDead ? { dnsDead: shorten(row.dnsDead, REAL_SECONDS.dns) } : {}),
    ...(row.diskStall ? { diskStall: shorten(row.diskStall, REAL_SECONDS.disk) } : {}),
  }
}

function lineCapacityAt(row: WeatherRow, hour: number): number {
  let bytesPerSecond = 0
  for (const [fromHour, capacity] of row.capacity) if (hour >= fromHour) bytesPerSecond = capacity
  return bytesPerSecond
}

/** What line and disk together allow. */
export function possibleSpeeds(row: WeatherRow): Capacity {
  const [from, until] = row.diskStall ?? [0, 0]
  const hours = [...new Set([...row.capacity.map(([hour]) => hour), from, until])].sort((a, b) => a - b)
  return hours.map((hour) => [hour, hour >= from && hour < until ? 0 : lineCapacityAt(row, hour)])
}

/** What the server is given: the row's weather, and the line, which more connections than sixteen do not widen. */
export function weatherOf(row: WeatherRow, hourSeconds: number): Weather[] {
  const line: Weather = {
    name: 'line',
    lineRate: ({ seconds }) => (row.granted === undefined ? lineCapacityAt(row, seconds / hourSeconds) : CAPACITY),
  }
  return [...row.weather(), line]
}
