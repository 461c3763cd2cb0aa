/** The benchmark itself: one weather after the other, its clients side by side, each with a server of its own. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createEra5Objects, ERA5_BUCKET } from '../../electron/engine/testing/objects/era5-objects.ts'
import type { StoredObject } from '../../electron/engine/testing/objects/stored-objects.ts'
import { makeWorkFolder } from '../work-folder.ts'
import { chartSvg } from './chart-svg.ts'
import { type RunningClient, startClient } from './clients.ts'
import { copyProgram } from './copy-program.ts'
import { endSeconds, figuresOf, meanSpeed, ownCountFigures, withoutStandstill } from './figures.ts'
import { keepRoom } from './keep-room.ts'
import type { SteadinessOptions } from './options.ts'
import { CLIENT_TITLES, steadinessDocument, steadinessText } from './report-text.ts'
import type { ClientName, ClientRun, SteadinessResults, WeatherResult } from './results.ts'
import { startSteadinessServer } from './steadiness-server.ts'
import { judge } from './targets.ts'
import { CAPACITY, type WeatherRow } from './weathers.ts'

const root = join(import.meta.dirname, '..', '..')
const RESULTS = join(root, 'bench', 'results')
const DOCUMENT = join(root, 'docs', 'steadiness.md')
const IMAGES = join(root, 'docs', 'images')
const HOST = 's3.steadiness.test'
const SEED = 7
const OBJECT_BYTES = 64e6
/** More than fits into the time, so that nobody is finished before it is over. */
const RESERVE = 1.2
/** After a client has ended, the server hears of it at once. */
const LEAK_WAIT_MS = 300
/** What a client has on the disk at once at most: a few objects under way, and what landed in the last second. */
const KEPT_BYTES = 2e9
/** Above this, figures may tell of the machine. */
const BUSY = 0.9

/** Resolves to true when all targets were reached; rejects with the signal's reason when it is aborted. */
export async function runSteadiness(options: SteadinessOptions, signal: AbortSignal): Promise<boolean> {
  const bytes = RESERVE * CAPACITY * (endSeconds(options) + 5)
  const objects = createEra5Objects({ totalBytes: bytes, objectBytes: OBJECT_BYTES })
  const { path } = makeWorkFolder(Math.min(bytes, KEPT_BYTES) * options.clients.length)
  const minutes = Math.ceil((options.weathers.length * (endSeconds(options) + 4)) / 60)
  process.stderr.write(`${options.weathers.length} weathers, ${options.clients.join(', ')}: about ${minutes} min\n`)
  const weathers: WeatherResult[] = []
  try {
    const program = copyProgram(path)
    for (const row of options.weathers) {
      signal.throwIfAborted()
      weathers.push(await runWeather(row, { ...options, program, objects, path }, signal))
    }
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
  const { hourSeconds, hours } = options
  const machine = `${availableParallelism()} x ${cpus()[0]?.model.trim() ?? 'unknown'}`
  const results: SteadinessResults = { time: new Date().toISOString(), machine, hourSeconds, hours, weathers }
  publish(results, options.isFull)
  return judge(results).every(({ isReached }) => isReached)
}

type WeatherOptions = SteadinessOptions & { program: string; objects: StoredObject[]; path: string }

async function runWeather(row: WeatherRow, options: WeatherOptions, signal: AbortSignal): Promise<WeatherResult> {
  const { name, title } = row
  if (row.addresses > 1 && process.platform !== 'linux')
    return { name, title, runs: [], failures: [], skipped: 'needs several loopback addresses, which Linux has' }
  const busy = watchProcessors()
  // All have ended before anything is thrown: nobody writes into a folder that is being removed.
  const outcomes = await Promise.allSettled(options.clients.map((client) => runClient(client, row, options, signal)))
  const busyShare = busy()
  signal.throwIfAborted()
  const runs = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const failures = outcomes.flatMap((outcome, index) => {
    const client = options.clients[index]
    return outcome.status === 'rejected' && client ? [{ client, message: String(outcome.reason) }] : []
  })
  for (const { client, speeds, ratio, endedEarly } of runs) {
    const shown = speeds.map((speed) => (speed / 1e6).toFixed(1).padStart(5)).join(' ')
    process.stderr.write(`${name.padEnd(10)} ${client.padEnd(8)} ${shown} MB/s, last/first ${ratio.toFixed(2)}\n`)
    if (endedEarly !== undefined) process.stderr.write(`${name}, ${client} ${endedEarly}\n`)
  }
  for (const { client, message } of failures) process.stderr.write(`${name}, ${client} failed: ${message}\n`)
  if (busyShare > BUSY) process.stderr.write(`${name}: the machine was ${(busyShare * 100).toFixed(0)} % busy\n`)
  return { name, title, runs, busyShare, failures }
}

async function runClient(
  client: ClientName,
  row: WeatherRow,
  options: WeatherOptions,
  signal: AbortSignal,
): Promise<ClientRun> {
  const { hourSeconds, program, objects, path } = options
  const scratchFolder = join(path, `${row.name}-${client}`)
  const destination = join(scratchFolder, 'files')
  mkdirSync(scratchFolder)
  const order = { weather: row.name, hourSeconds, bucket: ERA5_BUCKET, objects, seed: SEED }
  const server = await startSteadinessServer(order)
  const stopKeepingRoom = keepRoom(destination)
  let running: RunningClient | undefined
  try {
    server.go()
    running = startClient(client, {
      program,
      endpointUrl: `http://${HOST}:${server.port}`,
      dnsServer: server.dnsServer,
      bucket: ERA5_BUCKET,
      destination,
      scratchFolder,
      partBytes: row.partBytes,
      hourSeconds,
      startedAt: Date.now(),
      diskStallHours: row.diskStall,
    })
    await sleep((endSeconds(options) + 1) * 1000, undefined, { signal })
    const endedEarly = running.endedEarly()
    const { samples, connections, mostSockets } = await server.tell()
    const { counts, own } = await running.stop()
    await sleep(LEAK_WAIT_MS)
    const { openSockets } = await server.tell()
    const perSecond = Array.from({ length: Math.floor(endSeconds(options)) }, (_, second) =>
      meanSpeed(samples, second, second + 1),
    )
    return {
      client,
      ...figuresOf(row, samples, options),
      perSecond,
      connections,
      mostSockets,
      leakedSockets: openSockets,
      counted: ownCountFigures(counts, options),
      ...(own ? { own: { ...own, stalls: withoutStandstill(row, own.stalls, hourSeconds) } } : {}),
      ...(endedEarly === undefined ? {} : { endedEarly }),
    }
  } finally {
    stopKeepingRoom()
    await running?.stop()
    await server.close()
    rmSync(scratchFolder, { recursive: true, force: true })
  }
}

/** Starts to watch; asked again, it tells the share of all processors' time that was not idle since then. */
function watchProcessors(): () => number {
  const sum = () => {
    const times = cpus().map((cpu) => cpu.times)
    const idle = times.reduce((total, time) => total + time.idle, 0)
    return {
      idle,
      all: times.reduce((total, { user, nice, sys, idle, irq }) => total + user + nice + sys + idle + irq, 0),
    }
  }
  const before = sum()
  return () => {
    const after = sum()
    return 1 - (after.idle - before.idle) / (after.all - before.all)
  }
}

/** A full run renews the documentation; any run is kept as JSON. */
function publish(results: SteadinessResults, isFull: boolean): void {
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(join(RESULTS, 'steadiness.json'), JSON.stringify(results))
  process.stdout.write(steadinessText(results))
  if (!isFull) return
  for (const weather of results.weathers) {
    if (weather.runs.length > 0)
      writeFileSync(join(IMAGES, `steadiness-${weather.name}.svg`), chartOf(weather, results))
  }
  writeFileSync(DOCUMENT, steadinessDocument(results))
}

const COLORS = { longhaul: 'ours', sdk: 'first', plan: 'second' } as const

function chartOf({ title, runs }: WeatherResult, { hourSeconds, hours }: SteadinessResults): string {
  // Ours is drawn last, above the others.
  const series = [...runs].reverse().map(({ client, perSecond }) => ({
    name: CLIENT_TITLES[client],
    color: COLORS[client],
    perSecond,
  }))
  return chartSvg({ title, series, hourSeconds, hours, top: 1.25 * CAPACITY })
}
