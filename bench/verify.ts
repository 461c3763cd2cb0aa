/** `npm run bench -- verify`: what each kind of verification costs, beside the default within the same rounds. */
import { readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { verifying } from './clients/own-clients.ts'
import { parseRounds } from './options.ts'
import { type Cell, cpu, ratio, summarizeCell, wall } from './report.ts'
import { replaceBetweenMarks, table } from './report-text.ts'
import { describeMachine, type Failures, measureCells, withBench } from './throughput.ts'
import { VERIFY_WORKLOADS } from './workloads.ts'

export const VERIFY_USAGE = `npm run bench -- verify [--runs N]
  the same download with --verify off, etag, checksum and reread, by turns, in N rounds (5)`

const MODES = ['etag', 'off', 'checksum', 'reread']
const DOCUMENT = join(import.meta.dirname, '..', 'docs', 'benchmarks.md')

/** Throws an error whose message is for the user. */
export function parseVerifyRounds(args: string[]): number {
  const { values } = parseArgs({ args, options: { runs: { type: 'string', default: '5' } } })
  return parseRounds(values.runs)
}

/** False when one of the runs failed. */
export async function runVerify(rounds: number, signal: AbortSignal): Promise<boolean> {
  const load = loadavg()[0] ?? 0
  const options = { workloads: VERIFY_WORKLOADS, schemes: ['http' as const], rounds }
  return withBench({ ...options, server: 'auto', program: undefined }, signal, async (bench) => {
    const failures: Failures = []
    const clients = MODES.map((mode) => verifying(bench.program, mode))
    const cells = await measureCells(bench, options, clients, failures)
    const { cores, processor, node } = describeMachine()
    const heading =
      `${new Date().toISOString().slice(0, 10)}: ${cores} cores (${processor}), Node ${node}, ${bench.server.name} over ` +
      `HTTP, ${bench.storage}; medians of ${rounds} rounds. Load of the machine before the start: ${load.toFixed(1)}.`
    const text = [heading, ...cells.map((cell, index) => `${titleOf(cell, index)}\n\n${tableOf(cell)}`)].join('\n\n')
    console.log(`\n${text}`)
    writeFileSync(DOCUMENT, replaceBetweenMarks(readFileSync(DOCUMENT, 'utf8'), 'verify', text))
    return failures.length === 0
  })
}

const titleOf = (cell: Cell, index: number): string =>
  `### ${cell.description}, the server keeps a ${VERIFY_WORKLOADS[index]?.checksum}`

function tableOf(cell: Cell): string {
  const rows = summarizeCell(cell).map(({ client, wallSeconds, cpuSeconds }) => [
    client,
    wallSeconds.toFixed(2),
    cpuSeconds?.toFixed(2) ?? '-',
    ratio(cell, wall, client, 'etag')?.toFixed(2) ?? '-',
    ratio(cell, cpu, client, 'etag')?.toFixed(2) ?? '-',
  ])
  return table(['--verify', 'wall s', 'CPU s', 'wall / etag', 'CPU / etag'], rows)
}
