/** The bad weather of the demo: what the server does to us, counted where it happens, and how each is healed. */
import type { FailureClass } from '../../../shared/failure.ts'
import { blackHoles } from '../../engine/testing/weather/black-holes.ts'
import { drops, serverErrors, truncations } from '../../engine/testing/weather/broken-answers.ts'
import { closesAfter } from '../../engine/testing/weather/closes-after.ts'
import { lineCapacity } from '../../engine/testing/weather/line.ts'
import { throttling } from '../../engine/testing/weather/throttling.ts'
import type { Weather } from '../../engine/testing/weather/weather.ts'

export type DemoTrouble = {
  weather: Weather
  /** What happens, and what is done about it, in the words of the final table. */
  happens: string
  healing: string
  /** As the engine counts it. */
  failureClass: FailureClass
}

/** A fast home line: 1 GiB takes about twenty seconds, long enough to watch and short enough to wait for. */
const DEMO_LINE_BYTES_PER_SECOND = 64e6
/** Small parts make many requests, and so much weather in little time. */
export const DEMO_PART_BYTES = 2 * 1024 ** 2

export const createDemoTroubles = (): DemoTrouble[] => [
  {
    weather: throttling({ requestsPerSecond: 20, burst: 40, untilSeconds: 12 }),
    happens: '503 Slow Down',
    healing: 'waited, then asked again',
    failureClass: 'throttled',
  },
  {
    weather: blackHoles({ share: 0.015 }),
    happens: 'the answer goes silent for ever',
    healing: 'noticed after 5 s, a new connection went on from the byte reached',
    failureClass: 'stalled',
  },
  {
    weather: drops({ share: 0.02 }),
    happens: 'the connection is reset in mid-body',
    healing: 'a new connection went on from the byte reached',
    failureClass: 'reset',
  },
  {
    weather: truncations({ share: 0.02 }),
    happens: 'the body ends too early',
    healing: 'a new connection went on from the byte reached',
    failureClass: 'reset',
  },
  {
    weather: serverErrors({ share: 0.03 }),
    happens: '500 Internal Error',
    healing: 'asked again',
    failureClass: 'server-error',
  },
]

/** Weather that fails no request: there is nothing to heal. */
export const createDemoLine = (): Weather[] => [lineCapacity(DEMO_LINE_BYTES_PER_SECOND), closesAfter(20)]

/** The same weather, with a count of how often it struck. */
export function countStrikes(weather: Weather): { weather: Weather; strikes(): number } {
  let strikes = 0
  return {
    strikes: () => strikes,
    weather: {
      ...weather,
      fate(request, context) {
        const fate = weather.fate?.(request, context)
        if (fate) strikes++
        return fate
      },
    },
  }
}
