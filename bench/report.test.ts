import { describe, expect, it } from 'vitest'
import { type Cell, cpu, median, type Run, ratio, summarizeCell, wall } from './report.ts'

const run = (client: string, round: number, wallSeconds: number, cpuSeconds?: number): Run => ({
  client,
  round,
  wallSeconds,
  ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
})

const cellOf = (...runs: Run[]): Cell => ({
  work: 'large',
  scheme: 'http',
  description: '10 x 1 MiB',
  objects: 10,
  bytes: 1000,
  runs,
})

describe('median', () => {
  it.each<[string, number[], number | undefined]>([
    ['nothing has none', [], undefined],
    ['one value is its own', [3], 3],
    ['the middle of three, however they come', [9, 1, 4], 4],
    ['the mean of the two middle ones of four', [8, 2, 4, 100], 6],
    ['numbers are sorted as numbers', [10, 9, 100], 10],
  ])('%s', (_, values, expected) => {
    expect(median(values)).toBe(expected)
  })

  it('leaves the values in their order', () => {
    const values = [3, 1, 2]
    median(values)
    expect(values).toEqual([3, 1, 2])
  })
})

describe('ratio', () => {
  it.each<[string, Cell, number | undefined]>([
    ['one round', cellOf(run('ours', 0, 2), run('cp', 0, 1)), 2],
    [
      'a round in which all were slow says the same as the others',
      cellOf(
        run('ours', 0, 2),
        run('cp', 0, 1),
        run('ours', 1, 20),
        run('cp', 1, 10),
        run('ours', 2, 2),
        run('cp', 2, 1),
      ),
      2,
    ],
    [
      'rounds are paired by number, not by order',
      cellOf(run('cp', 1, 4), run('ours', 0, 2), run('cp', 0, 1), run('ours', 1, 8)),
      2,
    ],
    ['a round the other has missed does not count', cellOf(run('ours', 0, 50), run('ours', 1, 3), run('cp', 1, 1)), 3],
    ['there is none without the other', cellOf(run('ours', 0, 2)), undefined],
    ['there is none without ours', cellOf(run('cp', 0, 2)), undefined],
    ['nothing is divided by zero', cellOf(run('ours', 0, 2), run('cp', 0, 0)), undefined],
  ])('%s', (_, cell, expected) => {
    expect(ratio(cell, wall, 'ours', 'cp')).toBe(expected)
  })

  it('leaves out runs whose quantity is not known', () => {
    const cell = cellOf(run('ours', 0, 1), run('cp', 0, 1, 1), run('ours', 1, 1, 6), run('cp', 1, 1, 2))
    expect(ratio(cell, cpu, 'ours', 'cp')).toBe(3)
  })
})

describe('summarizeCell', () => {
  it('takes medians and extremes per client, in the order of the first round', () => {
    const cell = cellOf(
      run('cp', 0, 1),
      run('ours', 0, 2, 3),
      run('ours', 1, 4, 5),
      run('ours', 2, 10, 100),
      run('cp', 1, 3),
    )
    expect(summarizeCell(cell)).toEqual([
      {
        client: 'cp',
        rounds: 2,
        wallSeconds: 2,
        fastestSeconds: 1,
        slowestSeconds: 3,
        cpuSeconds: undefined,
        peakBytes: undefined,
        bytesPerSecond: 500,
        objectsPerSecond: 5,
      },
      {
        client: 'ours',
        rounds: 3,
        wallSeconds: 4,
        fastestSeconds: 2,
        slowestSeconds: 10,
        cpuSeconds: 5,
        peakBytes: undefined,
        bytesPerSecond: 250,
        objectsPerSecond: 2.5,
      },
    ])
  })
})
