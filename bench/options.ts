/** `npm run bench -- throughput [options]`. Pure. */
import { parseArgs } from 'node:util'
import type { Scheme } from './servers/bench-server.ts'
import type { ServerChoice } from './servers/start-server.ts'
import { FULL_WORKLOADS, QUICK_WORKLOADS, type Workload } from './workloads.ts'

export type ThroughputOptions = {
  rounds: number
  isQuick: boolean
  workloads: Workload[]
  schemes: Scheme[]
  /** Empty: all that are here. */
  clients: string[]
  server: ServerChoice
  /** `cli.cjs` of another build than `out/`; undefined = ours. */
  program: string | undefined
  /** Everything was asked for: the figures may go into the documentation. */
  isFull: boolean
}

export const USAGE = `npm run bench -- throughput [options]
  --runs N           rounds in which the clients take turns (5; quick: 2)
  --quick            less work, without mixed and without tools from the PATH: under a minute
  --work A,B         of large, small, mixed
  --scheme A,B       of http, tls
  --clients A,B      of longhaul, bare, sdk, undici, cp, aws, s5cmd, rclone, aria2c
  --server WHICH     auto = nginx when it can be had; built-in = never
  --program FILE     cli.cjs of another build, to compare two states of the code`

/** Throws an error whose message is for the user. */
export function parseThroughputOptions(args: string[]): ThroughputOptions {
  const { values } = parseArgs({
    args,
    options: {
      runs: { type: 'string' },
      quick: { type: 'boolean', default: false },
      work: { type: 'string' },
      scheme: { type: 'string' },
      clients: { type: 'string' },
      server: { type: 'string', default: 'auto' },
      program: { type: 'string' },
    },
  })
  const isPart = Boolean(values.quick || values.work || values.scheme || values.clients || values.program)
  const known = values.quick ? QUICK_WORKLOADS : FULL_WORKLOADS
  const [server = 'auto'] = pick('--server', values.server, ['auto', 'built-in'] as const)
  const names = known.map(({ name }) => name)
  const wanted = pick('--work', values.work, names)
  return {
    rounds: parseRounds(values.runs ?? (values.quick ? '2' : '5')),
    isQuick: values.quick,
    workloads: known.filter(({ name }) => wanted.includes(name)),
    schemes: pick('--scheme', values.scheme, ['http', 'tls'] as const),
    clients: pick('--clients', values.clients, CLIENTS, values.quick ? OWN_CLIENTS : []),
    server,
    program: values.program,
    isFull: !isPart && server === 'auto',
  }
}

const OWN_CLIENTS = ['longhaul', 'bare', 'sdk', 'undici', 'cp']
const CLIENTS = [...OWN_CLIENTS, 'aws', 's5cmd', 'rclone', 'aria2c']

/** Throws an error whose message is for the user. */
export function parseRounds(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new Error(`--runs: "${text}" is no number from 1 to 99`)
  return Number(text)
}

function pick<T extends string>(
  flag: string,
  text: string | undefined,
  choices: readonly T[],
  byDefault = choices,
): T[] {
  if (text === undefined) return [...byDefault]
  return text.split(',').map((name) => {
    const choice = choices.find((candidate) => candidate === name)
    if (!choice) throw new Error(`${flag}: "${name}" is none of ${choices.join(', ')}`)
    return choice
  })
}
