import { expect, it } from 'vitest'
import type { ClientRun, SteadinessResults } from './results.ts'
import { judge } from './targets.ts'

const good: ClientRun = {
  client: 'longhaul',
  speeds: [32e6, 32e6, 32e6, 32e6],
  ratio: 1,
  capacityShare: 0.97,
  convergenceSeconds: undefined,
  throttled: undefined,
  perSecond: [],
  connections: 16,
  leakedSockets: 0,
  mostSockets: 16,
  counted: { speeds: [], duplicateShare: 0.001 },
  own: { stalls: [], events: {}, closeWait: 0 },
}

const told = { fromSeconds: 20, untilSeconds: 20 }

const results = (name: string, runs: ClientRun[]): SteadinessResults => ({
  time: '',
  machine: '',
  hourSeconds: 12,
  hours: 3,
  weathers: [{ name, title: name, runs, failures: [] }],
})

const missed = (name: string, change: Partial<ClientRun>, others: ClientRun[] = []) =>
  judge(results(name, [{ ...good, ...change }, ...others]))
    .filter(({ isReached }) => !isReached)
    .map(({ target }) => target)

it.each<[string, Partial<ClientRun>, string[]]>([
  ['all is well', {}, []],
  ['slower at the end', { ratio: 0.97 }, ['last hour / hour 0 >= 0.98']],
  ['capacity left unused', { capacityShare: 0.94 }, ['goodput / capacity left >= 0.95']],
  ['a socket left open', { leakedSockets: 1 }, ['sockets leaked = 0']],
  ['late back', { convergenceSeconds: 5.1 }, ['back at capacity within 5 s']],
  ['early back', { convergenceSeconds: 4.9 }, []],
  ['refused too often', { throttled: { refusedShare: 0.09, grantedShare: 0.95 } }, ['refused <= 8.0 %']],
  ['asked too little', { throttled: { refusedShare: 0, grantedShare: 0.8 } }, ['granted and used >= 90.0 %']],
  ['received twice', { counted: { speeds: [], duplicateShare: 0.02 } }, ['received twice <= 1.0 %']],
  [
    'one of many noticed late',
    {
      own: {
        events: {},
        closeWait: 0,
        stalls: [
          { ...told, count: 200, longestSeconds: 5.2 },
          { ...told, count: 1, longestSeconds: 8 },
        ],
      },
    },
    [],
  ],
  [
    'one of few noticed late',
    { own: { events: {}, closeWait: 0, stalls: [{ ...told, count: 3, longestSeconds: 6.4 }] } },
    ['99 of 100 stalls noticed within 6 s'],
  ],
  ['over before its time', { endedEarly: 'ended with 1' }, ['runs to the end']],
])('%s', (_title, change, expected) => {
  expect(missed('holes', change)).toEqual(expected)
})

it('caution costs no more than a hundredth of what the naive pool gets in calm weather', () => {
  const naive: ClientRun = { ...good, client: 'sdk', capacityShare: 0.99 }
  expect(missed('calm', { capacityShare: 0.99 }, [naive])).toEqual([])
  expect(missed('calm', { capacityShare: 0.97 }, [naive])).toEqual(["calm: goodput / naive pool's >= 0.99"])
  expect(missed('holes', { capacityShare: 0.97 }, [naive])).toEqual([])
})

it('nothing is judged where ours did not run', () => {
  expect(judge(results('calm', [{ ...good, client: 'sdk' }]))).toEqual([])
})

it('a run that came to nothing is missed', () => {
  const weather = {
    name: 'calm',
    title: 'calm',
    runs: [],
    failures: [{ client: 'longhaul' as const, message: 'gone' }],
  }
  expect(judge({ ...results('calm', []), weathers: [weather] })).toEqual([
    { weather: 'calm', target: 'runs to the end', measured: 'gone', isReached: false },
  ])
})
