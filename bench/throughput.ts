/** The benchmark itself: makes objects, starts a server, lets the clients take turns, reports. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { checkResult } from './check-result.ts'
import type { BenchClient, ClientJob } from './clients/bench-client.ts'
import { findInstalledTools } from './clients/installed-tools.ts'
import { BUILT_PROGRAM, bare, copy, longhaul, programStart, sdk, undici } from './clients/own-clients.ts'
import { listingPages } from './listing-pages.ts'
import { LAST_MODIFIED, makeObjects } from './make-objects.ts'
import { type Measurement, measure } from './measure.ts'
import type { ThroughputOptions } from './options.ts'
import type { Cell, Results, Run } from './report.ts'
import { replaceBetweenMarks, reportText } from './report-text.ts'
import { type BenchServer, BUCKET, type Scheme, type ServerFolders } from './servers/bench-server.ts'
import { startServer } from './servers/start-server.ts'
import { summarizeFixedCost } from './targets.ts'
import { makeWorkFolder } from './work-folder.ts'
import {
  bytesOf,
  countOf,
  describe,
  IDLE_WORKLOAD,
  objectsOf,
  type Workload,
  type WorkloadObject,
} from './workloads.ts'

const root = join(import.meta.dirname, '..')
const RESULTS_FOLDER = join(root, 'bench', 'results')
const KEPT_CHARACTERS = 20_000
const DOCUMENT = join(root, 'docs', 'benchmarks.md')

/** A server with nothing to serve yet, and folders for what is to come. */
export type Bench = {
  program: string
  folders: ServerFolders & { state: string }
  runFolder: string
  storage: string
  server: BenchServer
  signal: AbortSignal
}
type Prepared = { workload: Workload; objects: WorkloadObject[] }
export type Failures = Results['failures']

/** Resolves to the results; rejects with the signal's reason when it is aborted, after everything is cleaned up. */
export async function runThroughput(options: ThroughputOptions, signal: AbortSignal): Promise<Results> {
  const load = loadavg()[0] ?? 0
  return withBench(options, signal, async (bench) => {
    const { clients, absent } = chooseClients(options.clients, bench.program)
    const { start, idle } = await measureFixedCost(bench, options.rounds)
    const failures: Failures = []
    const cells = await measureCells(bench, options, clients, failures)
    const results: Results = {
      time: new Date().toISOString(),
      machine: { ...describeMachine(), storage: bench.storage, load },
      server: bench.server.name,
      rounds: options.rounds,
      isQuick: options.isQuick,
      start,
      idle,
      cells,
      absent,
      failures,
    }
    publish(results, options.isFull)
    return results
  })
}

/** Makes what a benchmark of downloads needs, and removes it afterwards. */
export async function withBench<T>(
  options: Pick<ThroughputOptions, 'program' | 'workloads' | 'server'>,
  signal: AbortSignal,
  run: (bench: Bench) => Promise<T>,
): Promise<T> {
  const program = options.program ? resolve(options.program) : BUILT_PROGRAM
  const largest = Math.max(...options.workloads.map(bytesOf))
  const { path, storage } = makeWorkFolder(2 * largest)
  let server: BenchServer | undefined
  try {
    const folders = makeFolders(path)
    server = await startServer(options.server, folders, [IDLE_WORKLOAD, ...options.workloads].flatMap(objectsOf))
    return await run({ program, folders, runFolder: join(path, 'run'), storage, server, signal })
  } finally {
    await server?.close()
    rmSync(path, { recursive: true, force: true })
  }
}

/** Every work load over every scheme, by all clients. */
export async function measureCells(
  bench: Bench,
  options: Pick<ThroughputOptions, 'workloads' | 'schemes' | 'rounds'>,
  clients: BenchClient[],
  failures: Failures,
): Promise<Cell[]> {
  const cells: Cell[] = []
  for (const workload of options.workloads) {
    const prepared = prepare(bench, workload)
    for (const scheme of options.schemes) {
      cells.push(await measureCell(bench, prepared, scheme, clients, options.rounds, failures))
    }
    rmSync(join(bench.folders.objects, BUCKET, workload.name), { recursive: true })
  }
  return cells
}

function chooseClients(wanted: string[], program: string) {
  const tools = findInstalledTools()
  const isWanted = ({ name }: { name: string }) => wanted.length === 0 || wanted.includes(name)
  return {
    clients: [longhaul(program), copy, bare, undici, sdk, ...tools.present].filter(isWanted),
    absent: tools.absent.filter(isWanted),
  }
}

/** Where a server finds its files, and the clients their state. */
export function makeFolders(path: string): Bench['folders'] {
  const folders = {
    objects: join(path, 'objects'),
    listings: join(path, 'listings'),
    own: join(path, 'server'),
    state: join(path, 'state'),
  }
  for (const folder of Object.values(folders)) mkdirSync(folder)
  writeFileSync(join(folders.listings, 'bucket-1.xml'), listingPages(BUCKET, '', [], LAST_MODIFIED)[0] ?? '')
  return folders
}

/** Writes the objects, and what the server answers when it is asked for them. */
export function prepare({ folders }: Pick<Bench, 'folders'>, workload: Workload): Prepared {
  const objects = objectsOf(workload)
  say(`making ${workload.name}: ${describe(workload)}`)
  makeObjects(join(folders.objects, BUCKET), objects)
  for (const [index, page] of listingPages(BUCKET, `${workload.name}/`, objects, LAST_MODIFIED).entries()) {
    writeFileSync(join(folders.listings, `${workload.name}-${index + 1}.xml`), page)
  }
  return { workload, objects }
}

async function measureCell(
  bench: Bench,
  { workload, objects }: Prepared,
  scheme: Scheme,
  clients: BenchClient[],
  rounds: number,
  failures: Failures,
): Promise<Cell> {
  const runs: Run[] = []
  const failed = new Set<BenchClient>()
  for (let round = 0; round < rounds; round++) {
    for (const client of inTurn(clients, round)) {
      if (failed.has(client) || (scheme === 'tls' && client.isHttpOnly)) continue
      const { measured, wrong } = await runClient(bench, client, { workload, objects }, scheme, round === 0)
      const label = `${workload.name}, ${scheme}, round ${round + 1}/${rounds}, ${client.name}`
      if (wrong) {
        say(`${label}: failed, ${wrong}`)
        keepOutput(`failed-${client.name}-${workload.name}-${scheme}`, measured)
        failed.add(client)
        failures.push({ client: client.name, work: workload.name, scheme, reason: wrong })
        continue
      }
      say(`${label}: ${measured.wallSeconds.toFixed(2)} s, CPU ${measured.cpuSeconds?.toFixed(2) ?? '-'} s`)
      runs.push(toRun(client.name, round, measured))
    }
  }
  const description = describe(workload)
  return { work: workload.name, scheme, description, objects: countOf(workload), bytes: bytesOf(workload), runs }
}

/** Another one begins each round, so that nobody always runs after the same neighbour's mess. */
const inTurn = <T>(clients: T[], round: number): T[] => {
  const first = round % Math.max(1, clients.length)
  return [...clients.slice(first), ...clients.slice(0, first)]
}

async function runClient(
  { folders, runFolder, server, signal }: Bench,
  client: BenchClient,
  { workload, objects }: Prepared,
  scheme: Scheme,
  isChecked: boolean,
): Promise<{ measured: Measurement; wrong: string | undefined }> {
  mkdirSync(runFolder)
  try {
    const job: ClientJob = {
      serverUrl: server.url[scheme],
      caFile: scheme === 'tls' ? server.caFile : undefined,
      bucket: BUCKET,
      prefix: `${workload.name}/`,
      keys: objects.map(({ key }) => key),
      sourceFolder: join(folders.objects, BUCKET, workload.name),
      destination: join(runFolder, 'out'),
      scratchFolder: runFolder,
      stateFolder: folders.state,
    }
    const measured = await measure(client.command(job), runFolder, signal)
    const wrong =
      measured.exitCode !== 0
        ? `exit code ${measured.exitCode}: ${errorLine(measured.stderr)}`
        : isChecked
          ? checkResult(join(folders.objects, BUCKET), job.destination, objects)
          : undefined
    return { measured, wrong }
  } finally {
    rmSync(runFolder, { recursive: true, force: true })
  }
}

/** What ours costs before the first byte, so that it can be told apart. */
async function measureFixedCost(bench: Bench, rounds: number): Promise<Pick<Results, 'start' | 'idle'>> {
  const prepared = prepare(bench, IDLE_WORKLOAD)
  const starts: Run[] = []
  const idles: Run[] = []
  for (let round = 0; round < rounds; round++) {
    mkdirSync(bench.runFolder)
    const version = await measure(programStart(bench.program), bench.runFolder, bench.signal)
    rmSync(bench.runFolder, { recursive: true })
    if (version.exitCode !== 0) throw new Error(`longhaul does not start: ${errorLine(version.stderr)}`)
    starts.push(toRun('start', round, version))
    const { measured, wrong } = await runClient(bench, longhaul(bench.program), prepared, 'http', true)
    if (wrong) throw new Error(`longhaul cannot fetch one byte: ${wrong}`)
    idles.push(toRun('idle', round, measured))
  }
  return { start: summarizeFixedCost(starts), idle: summarizeFixedCost(idles) }
}

function toRun(client: string, round: number, { wallSeconds, cpuSeconds, peakBytes }: Measurement): Run {
  return {
    client,
    round,
    wallSeconds,
    ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
    ...(peakBytes === undefined ? {} : { peakBytes }),
  }
}

/** What a client said before it failed: timing makes many failures hard to see a second time. */
function keepOutput(name: string, { stdout, stderr }: Measurement): void {
  mkdirSync(RESULTS_FOLDER, { recursive: true })
  writeFileSync(join(RESULTS_FOLDER, `${name}.txt`), `${stdout.slice(-KEPT_CHARACTERS)}\n${stderr}`)
}

function publish(results: Results, isFull: boolean): void {
  const text = reportText(results)
  console.log(`\n${text}`)
  mkdirSync(RESULTS_FOLDER, { recursive: true })
  writeFileSync(join(RESULTS_FOLDER, 'throughput.json'), `${JSON.stringify(results, undefined, 2)}\n`)
  if (isFull) writeFileSync(DOCUMENT, replaceBetweenMarks(readFileSync(DOCUMENT, 'utf8'), 'throughput', text))
}

export function describeMachine() {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    platform: { linux: 'Linux', darwin: 'macOS', win32: 'Windows' }[process.platform as string] ?? process.platform,
    node: process.versions.node,
  }
}

/** The line that names the error, else the last one. */
function errorLine(text: string): string {
  const lines = text.trim().split('\n')
  return (lines.find((line) => /error:/i.test(line)) ?? lines.at(-1) ?? '').slice(0, 300)
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
