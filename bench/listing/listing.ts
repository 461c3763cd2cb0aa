/** `npm run bench -- listing`: how long a million keys take to list, to have, and to find again. */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { BUILT_PROGRAM } from '../clients/own-clients.ts'
import { endProcess } from '../end-process.ts'
import { type Measurement, measure } from '../measure.ts'
import { replaceBetweenMarks, table } from '../report-text.ts'
import { makeWorkFolder } from '../work-folder.ts'
import { LAYOUTS } from './layouts.ts'
import type { ServerMessage } from './listing-server.ts'

export const LISTING_USAGE = `npm run bench -- listing [--quick]
  lists a million keys in three layouts, each page after 50 ms; then downloads a million objects of one byte
  and starts the finished job again. --quick: only lists. About five minutes, or one.`

const ROOT = join(import.meta.dirname, '..', '..')
/** Of a round trip to another continent's bucket, together with what S3 takes for a page. */
const PAGE_DELAY_MS = 50
/** Files on a RAM disk take a page of memory each. */
const ROOM_BYTES = 6e9
/** The one that is downloaded. */
const FOLDERS_LAYOUT = 1
/** A million objects take minutes even on a machine that has nothing else to do. */
const TIMEOUT_MS = 1_800_000
const START_TARGET_SECONDS = 5
const MEMORY_TARGET_BYTES = 400e6

type Row = { work: string; seconds: number; cpuSeconds?: number; peakBytes?: number; remark: string }

/** False when one of the runs failed. */
export async function runListing(isQuick: boolean, signal: AbortSignal): Promise<boolean> {
  const { path } = makeWorkFolder(ROOM_BYTES)
  const rows: Row[] = []
  let startSeconds: number | undefined
  try {
    const run = async (server: Server, work: string, args: string[]) => {
      const measured = await measure(
        {
          path: process.execPath,
          args: [BUILT_PROGRAM, ...args, '--endpoint-url', server.url, '--no-sign-request', '--json'],
          env: { LONGHAUL_STATE_FOLDER: join(path, 'state') },
          timeoutMs: TIMEOUT_MS,
        },
        path,
        signal,
      )
      if (measured.exitCode !== 0) throw new Error(`${work}: exit code ${measured.exitCode}: ${measured.stderr}`)
      console.error(`${work}: ${measured.wallSeconds.toFixed(2)} s`)
      return measured
    }
    const add = (work: string, measured: Measurement, remark: string) =>
      rows.push({
        work,
        seconds: measured.wallSeconds,
        ...(measured.cpuSeconds === undefined ? {} : { cpuSeconds: measured.cpuSeconds }),
        ...(measured.peakBytes === undefined ? {} : { peakBytes: measured.peakBytes }),
        remark,
      })

    for (const [index, layout] of LAYOUTS.entries()) {
      const work = `list ${layout.name}`
      const dryRun = ['get', 's3://bench/era5/', join(path, 'none'), '--dry-run']
      const measured = await withServer(index, PAGE_DELAY_MS, (server) => run(server, work, dryRun))
      const oneFolder = rows[0]?.seconds ?? measured.wallSeconds
      add(work, measured, index === 0 ? '' : `${(oneFolder / measured.wallSeconds).toFixed(1)} x as fast as one folder`)
    }
    if (!isQuick) {
      await withServer(FOLDERS_LAYOUT, 0, async (server) => {
        const get = ['get', 's3://bench/era5/', join(path, 'files'), '--threads', '16']
        const startedAt = Date.now()
        const first = await run(server, 'download', get)
        const firstByte = (server.firstObjectAt() - startedAt) / 1000
        add('download 1,000,000 objects of one byte', first, `first object asked for after ${firstByte.toFixed(2)} s`)
        const againAt = Date.now()
        const again = await run(server, 'start again', get)
        startSeconds = (jobStartedAt(again.stdout) - againAt) / 1000
        const remark = `journal and manifest read after ${startSeconds.toFixed(2)} s`
        add('start the finished job again, to its end', again, remark)
      })
    }
    publish(rows, startSeconds)
    return true
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
}

type Server = { url: string; firstObjectAt(): number; close(): Promise<void> }

/** A server that is left behind would keep this program from ending. */
async function withServer<T>(layout: number, delayMs: number, work: (server: Server) => Promise<T>): Promise<T> {
  const server = await startServer(layout, delayMs)
  try {
    return await work(server)
  } finally {
    await server.close()
  }
}

async function startServer(layout: number, delayMs: number): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'listing-server.ts'), [String(layout), String(delayMs)])
  let firstObjectAt = Number.NaN
  const port = await new Promise<number>((resolve, reject) => {
    child.on('message', (message: ServerMessage) => {
      if ('port' in message) resolve(message.port)
      else firstObjectAt = message.firstObjectAt
    })
    child.once('exit', () => reject(new Error('the listing server does not start')))
  })
  return { url: `http://127.0.0.1:${port}`, firstObjectAt: () => firstObjectAt, close: () => end(child) }
}

const end = (child: ChildProcess) => endProcess(child)

/** Unix milliseconds of the event that comes when everything an earlier run left has been read; NaN without it. */
function jobStartedAt(stdout: string): number {
  const line = stdout.split('\n', 20).find((text) => text.includes('"job-started"'))
  return Date.parse((JSON.parse(line ?? '{}') as { time?: string }).time ?? '')
}

/** `startSeconds`: of the finished job; undefined when nothing was downloaded. */
function publish(rows: Row[], startSeconds: number | undefined): void {
  const date = new Date().toISOString().slice(0, 10)
  const head = ['work', 'wall s', 'CPU s', 'peak MB', 'remark']
  const cells = rows.map(({ work, seconds, cpuSeconds, peakBytes, remark }) => [
    work,
    seconds.toFixed(2),
    cpuSeconds?.toFixed(2) ?? '-',
    peakBytes === undefined ? '-' : (peakBytes / 1e6).toFixed(0),
    remark,
  ])
  const listings = rows.filter(({ work }) => work.startsWith('list '))
  const worstBytes = Math.max(...listings.map(({ peakBytes = 0 }) => peakBytes))
  const targets = [
    `Memory of a listing alone: at most ${(worstBytes / 1e6).toFixed(0)} MB (target 400: ${worstBytes < MEMORY_TARGET_BYTES ? 'reached' : 'NOT reached'}).`,
    ...(startSeconds === undefined ? [] : [startLine(startSeconds)]),
  ]
  const text = [
    `${date}: ${availableParallelism()} cores, Node ${process.versions.node}; pages of 1,000 keys, ${PAGE_DELAY_MS} ms each in the first three rows.`,
    table(head, cells),
    targets.join(' '),
  ].join('\n\n')
  console.log(`\n${text}`)
  const results = join(ROOT, 'bench', 'results')
  mkdirSync(results, { recursive: true })
  writeFileSync(
    join(results, 'listing.json'),
    `${JSON.stringify({ time: new Date().toISOString(), rows }, undefined, 2)}\n`,
  )
  const document = join(ROOT, 'docs', 'benchmarks.md')
  if (startSeconds !== undefined)
    writeFileSync(document, replaceBetweenMarks(readFileSync(document, 'utf8'), 'listing', text))
}

const startLine = (seconds: number): string =>
  `A finished job of 1,000,000 objects starts in ${seconds.toFixed(1)} s (target ${START_TARGET_SECONDS} s: ` +
  `${seconds < START_TARGET_SECONDS ? 'reached' : 'NOT reached'}).`
