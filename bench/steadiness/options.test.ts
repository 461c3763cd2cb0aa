import { describe, expect, it } from 'vitest'
import { parseSteadinessOptions } from './options.ts'
import { WEATHERS } from './weathers.ts'

describe('the options of the steadiness benchmark', () => {
  it('without any: every weather, every client, three hours of twelve seconds, for the documentation', () => {
    const options = parseSteadinessOptions([])
    expect(options.weathers.map(({ name }) => name)).toEqual(WEATHERS.map(({ name }) => name))
    expect(options).toMatchObject({ clients: ['longhaul', 'sdk', 'plan'], hours: 3, hourSeconds: 12, isFull: true })
  })

  it.each<[string, string[], object]>([
    ['a part is not for the documentation', ['--weather', 'calm'], { isFull: false }],
    ['nor are fewer clients', ['--clients', 'longhaul'], { clients: ['longhaul'], isFull: false }],
    ['real hours', ['--real'], { hourSeconds: 3600, hours: 3, isFull: true }],
    ['longer hours', ['--hour-seconds', '60', '--hours', '5'], { hourSeconds: 60, hours: 5, isFull: false }],
  ])('%s', (_title, args, expected) => {
    expect(parseSteadinessOptions(args)).toMatchObject(expected)
  })

  it.each<[string[], string]>([
    [['--weather', 'snow'], '--weather: "snow" is none of calm'],
    [['--clients', 'wget'], '--clients: "wget" is none of longhaul, sdk, plan'],
    [['--hours', '0'], '--hours: "0" is no number from 1 to 48'],
    [['--hour-seconds', '3'], '--hour-seconds: "3" is no number from 8 to 3600'],
    [['--hour-seconds', '1e3'], 'is no number'],
    [['--real', '--hour-seconds', '60'], 'contradict each other'],
    [['--speed', '9'], 'Unknown option'],
  ])('%j is refused in one sentence', (args, sentence) => {
    expect(() => parseSteadinessOptions(args)).toThrow(sentence)
  })
})

it.each<[number, name: string, object]>([
  [
    12,
    'cut',
    {
      capacity: [
        [0, 32e6],
        [1.3, 0],
        [1.7, 32e6],
      ],
    },
  ],
  [
    3600,
    'cut',
    {
      capacity: [
        [0, 32e6],
        [1.3, 0],
        [1.3 + 1 / 60, 32e6],
      ],
    },
  ],
  [3600, 'dns', { dnsDead: [1, 1 + 1 / 6] }],
  [3600, 'disk', { diskStall: [1.25, 1.25 + 1 / 60] }],
  [
    3600,
    'narrow',
    {
      capacity: [
        [0, 32e6],
        [0.75, 12e6],
        [2.25, 32e6],
      ],
    },
  ],
])('in hours of %d s no trouble of "%s" lasts longer than in real ones', (hourSeconds, name, expected) => {
  const { weathers } = parseSteadinessOptions(['--weather', name, '--hour-seconds', String(hourSeconds)])
  expect(weathers[0]).toMatchObject(expected)
})

it('every weather has a name of its own, and says what it can bring at hour 0', () => {
  expect(new Set(WEATHERS.map(({ name }) => name)).size).toBe(WEATHERS.length)
  for (const row of WEATHERS) expect(row.capacity[0]?.[0]).toBe(0)
})
