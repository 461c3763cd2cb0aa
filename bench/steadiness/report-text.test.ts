import { describe, expect, it } from 'vitest'
import { steadinessDocument, steadinessText } from './report-text.ts'
import type { ClientRun, SteadinessResults } from './results.ts'

const run = (client: ClientRun['client'], change: Partial<ClientRun> = {}): ClientRun => ({
  client,
  speeds: [32e6, 31.5e6, 31e6, 31.9e6],
  ratio: 0.997,
  capacityShare: 0.99,
  convergenceSeconds: undefined,
  throttled: undefined,
  perSecond: [],
  connections: 20,
  mostSockets: 17,
  leakedSockets: 0,
  counted: { speeds: [32e6, 31.4e6, 31e6, 31.9e6], duplicateShare: 0.001 },
  ...change,
})

const results = (ours: Partial<ClientRun>): SteadinessResults => ({
  time: '2026-11-23T19:00:00.000Z',
  machine: '2 x processor',
  hourSeconds: 12,
  hours: 3,
  weathers: [
    {
      name: 'holes',
      title: 'requests go silent',
      busyShare: 0.634,
      runs: [run('longhaul', ours), run('sdk', { ratio: 0.5 })],
      failures: [{ client: 'plan', message: 'Error: gone' }],
    },
    { name: 'address', title: 'one bad address', runs: [], failures: [], skipped: 'needs Linux' },
  ],
})

describe('the tables', () => {
  const text = steadinessText(results({}))
  it.each<[string, string]>([
    ['a weather begins with a capital', '## Requests go silent'],
    ['speeds in megabytes', '| Longhaul       | 32.0 | 31.5 | 31.0 | 31.9 | 1.00         | 99.0 %'],
    ['the own count beside them', '32.0 31.4 31.0 31.9 |'],
    ['sockets', '| 0.1 %          | 20          | 17           | 0         |'],
    ['a run that came to nothing, by name', 'plans A-D did not run: Error: gone.'],
    ['how busy the machine was', 'processors were 63.4 % busy'],
    ['what was not run, and why', 'Not run: needs Linux.'],
    ['how many targets were reached', 'Of 4, 4 were reached.'],
  ])('%s', (_title, expected) => {
    expect(text).toContain(expected)
  })
})

it('a miss is told in words, with the speeds and the decisions of that run', () => {
  const own = { stalls: [], events: { 'connection-replaced': 9, throttled: 2 }, closeWait: 0 }
  const text = steadinessText(results({ ratio: 0.9, own }))
  expect(text).toContain('Of 4, 3 were reached.')
  expect(text).toContain(
    'Missed (requests go silent): last hour / hour 0 >= 0.98; it was 0.900. ' +
      'Its speeds at the hours were 32.0, 31.5, 31.0, 31.9 MB/s, the machine was 63.4 % busy. ' +
      'It decided: connection-replaced 9, throttled 2.',
  )
})

it('the page says how long an hour was, and shows a chart per weather that was run', () => {
  const page = steadinessDocument(results({}))
  expect(page).toContain('**One hour was 12 s**, so 3 hours were 36 s.')
  expect(page).toContain('![Speed over time: requests go silent](images/steadiness-holes.svg)')
  expect(page).not.toContain('steadiness-address.svg')
  expect(page).toContain('Measured 2026-11-23 on 2 x processor')
})
