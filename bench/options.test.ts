import { describe, expect, it } from 'vitest'
import { parseThroughputOptions } from './options.ts'

describe('options of the throughput benchmark', () => {
  it.each<[string, string[], object]>([
    ['nothing asks for everything', [], { rounds: 5, isFull: true, schemes: ['http', 'tls'], clients: [] }],
    ['a quick run is not for the documentation', ['--quick'], { rounds: 2, isQuick: true, isFull: false }],
    ['more rounds are still everything', ['--runs', '9'], { rounds: 9, isFull: true }],
    ['a part is not everything', ['--scheme', 'tls'], { schemes: ['tls'], isFull: false }],
    ['another build is not ours', ['--program', 'cli.cjs'], { program: 'cli.cjs', isFull: false }],
    ['another server is for comparison', ['--server', 'built-in'], { server: 'built-in', isFull: false }],
    ['clients by name', ['--clients', 'longhaul,cp'], { clients: ['longhaul', 'cp'], isFull: false }],
  ])('%s', (_, args, expected) => {
    expect(parseThroughputOptions(args)).toMatchObject(expected)
  })

  it('takes work loads in their own order', () => {
    const { workloads } = parseThroughputOptions(['--work', 'mixed,large'])
    expect(workloads.map(({ name }) => name)).toEqual(['large', 'mixed'])
  })

  it.each<[string, string[], RegExp]>([
    ['no rounds', ['--runs', '0'], /--runs: "0"/],
    ['half a round', ['--runs', '1.5'], /--runs: "1.5"/],
    ['a work load that is not there', ['--work', 'huge'], /--work: "huge" is none of large, small, mixed/],
    ['mixed in a quick run', ['--quick', '--work', 'mixed'], /none of large, small/],
    ['an unknown flag', ['--fast'], /--fast/],
  ])('refuses %s', (_, args, message) => {
    expect(() => parseThroughputOptions(args)).toThrow(message)
  })
})
