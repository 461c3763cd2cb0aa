import { describe, expect, it } from 'vitest'
import type { Cell, Results, Run } from './report.ts'
import type { Scheme } from './servers/bench-server.ts'
import { judgeTargets } from './targets.ts'

const cell = (work: string, scheme: Scheme, runs: Omit<Run, 'round'>[]): Cell => ({
  work,
  scheme,
  description: '',
  objects: 10,
  bytes: 1000,
  runs: runs.map((run) => ({ ...run, round: 0 })),
})

const results = (...cells: Cell[]): Results => ({
  time: '2025-10-31T12:00:00.000Z',
  machine: { processor: '', cores: 2, memoryBytes: 0, platform: '', node: '', storage: '', load: 0 },
  server: '',
  rounds: 1,
  isQuick: false,
  start: { wallSeconds: 0.5 },
  idle: { wallSeconds: 0.6, peakBytes: 100e6 },
  cells,
  absent: [],
  failures: [],
})

describe('judgeTargets', () => {
  it.each<[string, Results, RegExp, boolean | undefined]>([
    [
      'the start of our program does not count beside cp',
      results(
        cell('large', 'http', [
          { client: 'longhaul', wallSeconds: 3 },
          { client: 'cp', wallSeconds: 2 },
        ]),
      ),
      /large, HTTP: wall <= 1.25 x cp/,
      true,
    ],
    [
      'a quarter more than cp is the limit',
      results(
        cell('large', 'http', [
          { client: 'longhaul', wallSeconds: 3.1 },
          { client: 'cp', wallSeconds: 2 },
        ]),
      ),
      /large, HTTP: wall <= 1.25 x cp/,
      false,
    ],
    [
      'the start does count beside another program',
      results(
        cell('large', 'http', [
          { client: 'longhaul', wallSeconds: 3 },
          { client: 's5cmd', wallSeconds: 2.8 },
        ]),
      ),
      /large, HTTP: wall <= s5cmd/,
      false,
    ],
    [
      'what failed in one round is not reached by the others',
      {
        ...results(
          cell('large', 'http', [
            { client: 'longhaul', wallSeconds: 1 },
            { client: 'cp', wallSeconds: 2 },
          ]),
        ),
        failures: [{ client: 'longhaul', work: 'large', scheme: 'http', reason: 'exit code 1' }],
      },
      /large, HTTP: wall <= 1.25 x cp/,
      false,
    ],
    ['what did not run is not judged', results(cell('large', 'http', [])), /CPU <= 0.35 x SDK/, undefined],
    [
      'four times the objects per second is a quarter of the time',
      results(
        cell('small', 'tls', [
          { client: 'longhaul', wallSeconds: 2 },
          { client: 'sdk', wallSeconds: 8 },
        ]),
      ),
      /small, TLS: objects per second >= 4 x SDK/,
      true,
    ],
    [
      'HTTP figures say nothing about TLS',
      results(
        cell('small', 'http', [
          { client: 'longhaul', wallSeconds: 2 },
          { client: 'sdk', wallSeconds: 8 },
        ]),
      ),
      /small, TLS: objects per second >= 4 x SDK/,
      undefined,
    ],
    [
      'memory: the worst cell counts',
      results(
        cell('large', 'http', [{ client: 'longhaul', wallSeconds: 2, peakBytes: 120e6 }]),
        cell('small', 'tls', [{ client: 'longhaul', wallSeconds: 2, peakBytes: 251e6 }]),
      ),
      /^memory/,
      false,
    ],
    [
      'memory: what idle takes is taken off',
      results(cell('large', 'http', [{ client: 'longhaul', wallSeconds: 2, peakBytes: 249e6 }])),
      /^memory/,
      true,
    ],
  ])('%s', (_, given, target, expected) => {
    const verdicts = judgeTargets(given).filter((verdict) => target.test(verdict.target))
    expect(verdicts.map((verdict) => verdict.isReached)).toEqual([expected])
  })
})
