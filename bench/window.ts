/**
 * `npm run bench -- window`: what the open window costs. The same download by `longhaul get` and by `longhaul web` with
 * Chromium on the job's page and all charts open, in turns, in bytes per second. The start of neither counts: the command
 * line tells its engine's own seconds, and in the window the job is paused until its page is drawn.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findBrowser } from '../e2e/find-browser.ts'
import { newDownloadPage } from '../e2e/model/new-download-page.ts'
import { WORDS } from '../e2e/model/words.ts'
import { startProgram } from '../e2e/support/program.ts'
import { BROWSER_ARGUMENTS } from '../e2e/support/workshop.ts'
import type { Outcome } from '../shared/failure.ts'
import type { CallInput, CallName, CallResult, JobView } from '../shared/ipc-contract.ts'
import { hasEnded, type Summary } from '../shared/job-state.ts'
import { BUILT_PROGRAM, longhaul } from './clients/own-clients.ts'
import { measure } from './measure.ts'
import { median } from './report.ts'
import { replaceBetweenMarks, table } from './report-text.ts'
import { type BenchServer, BUCKET } from './servers/bench-server.ts'
import { startFaultServerProcess } from './servers/fault-server.ts'
import { startServer } from './servers/start-server.ts'
import { makeFolders, prepare } from './throughput.ts'
import { makeWorkFolder } from './work-folder.ts'
import { bytesOf, describe, objectsOf, type Workload } from './workloads.ts'

export const WINDOW_USAGE = `npm run bench -- window
  the same download without and with the window open, on a line of 80 MB/s and on none; takes about five minutes`

const ROUNDS = 5
const TARGET = 0.97
const MIB = 1024 ** 2
const ROOT = join(import.meta.dirname, '..')
const DOCUMENT = join(ROOT, 'docs', 'benchmarks.md')
const RESULTS_FOLDER = join(ROOT, 'bench', 'results')
/** Rare enough to cost nothing, and a fortieth of the shortest job. */
const ASK_EVERY_MS = 100
/** Nothing moves on the page after this: its charts draw once a second. */
const PAGE_SETTLES_MS = 2_000

type Course = { name: string; lineBytesPerSecond?: number; workload: Workload }
/** Long enough that the charts are drawn many times: twenty seconds, and some. */
const COURSES: Course[] = [
  {
    name: 'a line of 80 MB/s',
    lineBytesPerSecond: 80e6,
    workload: { name: 'line', groups: [{ count: 16, bytes: 96 * MIB }] },
  },
  { name: 'as fast as it goes', workload: { name: 'large', groups: [{ count: 12, bytes: 256 * MIB }] } },
]

type Folders = ReturnType<typeof makeFolders>
type Round = { commandLine: number; window: number }
type Result = { course: Course; server: string; rounds: Round[] }

/** Resolves to whether the target is met on every course. */
export async function runWindow(signal: AbortSignal): Promise<boolean> {
  const executablePath = findBrowser()
  if (!executablePath) throw new Error('no browser: run npm test, which sees to one')
  const load = loadavg()[0] ?? 0
  const { path, storage } = makeWorkFolder(2 * Math.max(...COURSES.map(({ workload }) => bytesOf(workload))))
  const browser = await chromium.launch({ executablePath, args: BROWSER_ARGUMENTS })
  try {
    const folders = makeFolders(path)
    const results: Result[] = []
    for (const course of COURSES) results.push(await runCourse(course, folders, path, browser, signal))
    publish(
      results,
      `${availableParallelism()} cores, ${storage}. Load of the machine before the start: ${load.toFixed(1)}.`,
    )
    return results.every((result) => ratioOf(result) >= TARGET)
  } finally {
    await browser.close()
    rmSync(path, { recursive: true, force: true })
  }
}

async function runCourse(
  course: Course,
  folders: Folders,
  path: string,
  browser: Browser,
  signal: AbortSignal,
): Promise<Result> {
  const server = await startCourseServer(course, folders)
  const rounds: Round[] = []
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const job = { serverUrl: server.url.http, prefix: `${course.workload.name}/`, path, signal }
      // Nobody always runs after the same neighbour's mess.
      const isFirst = round % 2 === 0
      const before = isFirst ? await byCommandLine(job) : undefined
      const window = await inWindow(job, browser)
      const commandLine = before ?? (await byCommandLine(job))
      rounds.push({ commandLine, window })
      console.error(
        `${course.name}, round ${round + 1}/${ROUNDS}: command line ${mega(commandLine)}, window ${mega(window)} MB/s`,
      )
    }
    return { course, server: server.name, rounds }
  } finally {
    await server.close()
    rmSync(join(folders.objects, BUCKET, course.workload.name), { recursive: true, force: true })
  }
}

function startCourseServer({ workload, lineBytesPerSecond }: Course, folders: Folders): Promise<BenchServer> {
  const objects = objectsOf(workload)
  // The fault server makes its objects up.
  if (lineBytesPerSecond !== undefined) return startFaultServerProcess(folders, objects, lineBytesPerSecond)
  prepare({ folders }, workload)
  return startServer('auto', folders, objects)
}

type Job = { serverUrl: string; prefix: string; path: string; signal: AbortSignal }

async function byCommandLine({ serverUrl, prefix, path, signal }: Job): Promise<number> {
  return inFreshFolder(path, async (folder) => {
    const command = longhaul(BUILT_PROGRAM).command({
      serverUrl,
      caFile: undefined,
      bucket: BUCKET,
      prefix,
      keys: [],
      sourceFolder: '',
      destination: join(folder, 'out'),
      scratchFolder: folder,
      stateFolder: join(folder, 'state'),
    })
    const { exitCode, stdout, stderr } = await measure(command, folder, signal)
    if (exitCode !== 0) throw new Error(`longhaul get: exit code ${exitCode}: ${stderr}`)
    return speedOf(JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Summary)
  })
}

async function inWindow({ serverUrl, prefix, path, signal }: Job, browser: Browser): Promise<number> {
  return inFreshFolder(path, async (folder) => {
    const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1440, height: 900 } })
    const program = await startProgram(folder)
    try {
      const page = await context.newPage()
      await page.goto(program.address)
      const form = newDownloadPage(page)
      await form.pasteAddress(`${serverUrl}/${BUCKET}/${prefix}`)
      await form.setFolder(join(folder, 'out'))
      await form.start()
      return await speedOnceDrawn(page, connect(program.address, signal))
    } finally {
      await context.close()
      await program.stop()
    }
  })
}

/** The first drawing of the page would take a second of the few that the job has, and then nothing for hours. */
async function speedOnceDrawn(page: Page, call: Call): Promise<number> {
  const untilJob = async (isReady: (job: JobView) => boolean): Promise<JobView> => {
    for (;;) {
      const job = (await call('jobs.list', {}))[0]
      if (job && isReady(job)) return job
      await setTimeout(ASK_EVERY_MS)
    }
  }

  const { jobId } = await untilJob(({ phase }) => phase === 'running')
  await call('jobs.pause', { jobId })
  await untilJob(({ phase }) => phase === 'paused')
  await page.getByRole('button', { name: WORDS.zh.allCharts }).click()
  await setTimeout(PAGE_SETTLES_MS)

  const bytesBefore = (await call('jobs.snapshot', { jobId }))?.bytesDone ?? 0
  const begin = performance.now()
  await call('jobs.resume', { jobId })
  const { summary } = await untilJob(({ phase, summary }) => summary !== undefined && hasEnded(phase))
  const seconds = (performance.now() - begin) / 1000
  if (summary?.status !== 'completed') throw new Error(`the download ended as ${summary?.status}`)
  return (summary.bytesDone - bytesBefore) / seconds
}

type Call = <N extends CallName>(name: N, input: CallInput<N>) => Promise<CallResult<N>>

/** Asks the program itself: to watch the page would cost the page. */
function connect(address: string, signal: AbortSignal): Call {
  const { origin, hash } = new URL(address)
  const headers = { Authorization: `Bearer ${hash.replace('#token=', '')}`, 'Content-Type': 'application/json' }
  return async (name, input) => {
    const body = JSON.stringify(input)
    const response = await fetch(`${origin}/api/call/${name}`, { method: 'POST', headers, body, signal })
    const outcome = (await response.json()) as Outcome<CallResult<typeof name>>
    if (!outcome.ok) throw new Error(`${name}: ${JSON.stringify(outcome.failure)}`)
    return outcome.value
  }
}

async function inFreshFolder<T>(path: string, run: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(path, 'run')
  mkdirSync(folder)
  try {
    return await run(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function speedOf({ status, bytesFetched, seconds }: Summary): number {
  if (status !== 'completed') throw new Error(`the download ended as ${status}`)
  return bytesFetched / seconds
}

function publish(results: Result[], machine: string): void {
  const rows = results.map((result) => {
    const { course, server, rounds } = result
    const ratios = rounds.map(({ commandLine, window }) => window / commandLine)
    return [
      `${course.name}: ${describe(course.workload)}, ${server}`,
      mega(medianOf(rounds.map(({ commandLine }) => commandLine))),
      mega(medianOf(rounds.map(({ window }) => window))),
      ratioOf(result).toFixed(3),
      `${Math.min(...ratios).toFixed(2)} - ${Math.max(...ratios).toFixed(2)}`,
      ratioOf(result) >= TARGET ? 'reached' : 'NOT reached',
    ]
  })
  const time = new Date().toISOString()
  const text =
    `${time.slice(0, 10)}: medians of ${ROUNDS} rounds; the ratio is taken within each round. ${machine}\n\n` +
    table(['work', 'command line MB/s', 'window MB/s', 'ratio', 'lowest - highest', `target ${TARGET}`], rows)
  process.stdout.write(`${text}\n`)
  mkdirSync(RESULTS_FOLDER, { recursive: true })
  writeFileSync(join(RESULTS_FOLDER, 'window.json'), `${JSON.stringify({ time, machine, results }, undefined, 2)}\n`)
  writeFileSync(DOCUMENT, replaceBetweenMarks(readFileSync(DOCUMENT, 'utf8'), 'window', text))
}

const ratioOf = ({ rounds }: Result): number => medianOf(rounds.map(({ commandLine, window }) => window / commandLine))
const medianOf = (values: readonly number[]): number => median(values) ?? Number.NaN
const mega = (bytesPerSecond: number): string => (bytesPerSecond / 1e6).toFixed(1)
