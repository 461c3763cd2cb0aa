/** `npm run bench -- traces`: records what the tests of the decay alert replay, a few side by side. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { startFaultServer } from '../../electron/engine/testing/fault-server/fault-server.ts'
import { createEra5Objects, ERA5_BUCKET } from '../../electron/engine/testing/objects/era5-objects.ts'
import { startFakeDnsServer } from '../../electron/engine/testing/servers/fake-dns-server.ts'
import { endProcess } from '../end-process.ts'
import { keepRoom } from '../steadiness/keep-room.ts'
import { makeWorkFolder } from '../work-folder.ts'
import type { RecorderMessage, RecordOrder } from './record-order.ts'
import { RECORDED_SECONDS, RECORDINGS, type Recording, THREADS, TROUBLE_AT_SECONDS } from './recordings.ts'

export const TRACES_USAGE = `npm run bench -- traces [NAME ...]
  of ${RECORDINGS.map(({ name }) => name).join(', ')}`

const root = join(import.meta.dirname, '..', '..')
const FOLDER = join(root, 'electron', 'engine', 'testing', 'traces')
const SLOW_DISK = pathToFileURL(join(root, 'electron', 'cli', 'testing', 'slow-disk.ts')).href
const HOST = 's3.traces.test'
const OBJECT_BYTES = 16e6
const PART_BYTES = 1024 ** 2
const SEED = 7
/** What is remembered of requests for a minute. */
const COMPRESSED_POLICY = { throttleWindowSeconds: 8 }
/** More than the fastest of them can fetch. */
const BYTES = 5e6 * RECORDED_SECONDS
/** Finished files go at once. */
const KEPT_BYTES = 200e6
/** More would disturb each other. */
const ABREAST = 6
/** How long a download may take to stop and its recording to be written. */
const CLOSING_MS = 60_000
/** How long it may take to start. */
const STARTING_MS = 30_000

/** Throws an error whose message is for the user. */
export function parseTraceNames(args: string[]): readonly Recording[] {
  const known = RECORDINGS.map(({ name }) => name)
  const unknown = args.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`"${unknown}" is none of ${known.join(', ')}`)
  return args.length === 0 ? RECORDINGS : RECORDINGS.filter(({ name }) => args.includes(name))
}

/** Resolves to true when every recording is written; rejects with the signal's reason when it is aborted. */
export async function recordTraces(recordings: readonly Recording[], signal: AbortSignal): Promise<boolean> {
  const { path } = makeWorkFolder(KEPT_BYTES * ABREAST)
  const rounds = Math.ceil(recordings.length / ABREAST)
  process.stderr.write(`${recordings.length} recordings: about ${Math.ceil((rounds * RECORDED_SECONDS) / 60)} min\n`)
  const written: boolean[] = []
  try {
    for (let from = 0; from < recordings.length; from += ABREAST) {
      signal.throwIfAborted()
      const round = recordings.slice(from, from + ABREAST)
      written.push(...(await Promise.all(round.map((one) => recordOne(one, join(path, one.name), signal)))))
    }
    signal.throwIfAborted()
    return written.every(Boolean)
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
}

async function recordOne(recording: Recording, folder: string, signal: AbortSignal): Promise<boolean> {
  const { name, weather, trouble, addresses = ['127.0.0.1'], ownTrouble, dnsDies } = recording
  mkdirSync(folder)
  const objects = createEra5Objects({ totalBytes: BYTES, objectBytes: OBJECT_BYTES })
  const server = await startFaultServer({ buckets: { [ERA5_BUCKET]: objects }, weather, addresses, seed: SEED })
  const dns = await startFakeDnsServer({ addresses, ttlSeconds: 5 })
  const stopKeepingRoom = keepRoom(folder)
  const child = startRecorder(ownTrouble)
  const order: RecordOrder = {
    endpointUrl: `http://${HOST}:${server.port}`,
    addresses,
    dnsServer: dnsDies ? dns.server : undefined,
    destination: folder,
    threads: THREADS,
    partBytes: recording.partBytes ?? PART_BYTES,
    limitBytesPerSecond: recording.limitBytesPerSecond,
    policy: { ...COMPRESSED_POLICY, ...recording.policy },
    ownTrouble,
    troubleAtSeconds: TROUBLE_AT_SECONDS,
    recordedSeconds: RECORDED_SECONDS,
    file: join(FOLDER, `${name}.ndjson.gz`),
  }
  const isWritten = listen(child, name)
  child.send(order)
  try {
    await Promise.race([once(child, 'message'), pause(STARTING_MS, signal)])
    await pause(TROUBLE_AT_SECONDS * 1000, signal)
    if (trouble) server.setWeather([...trouble, ...weather])
    if (dnsDies) dns.behave({ addresses, dead: true })
    await pause((RECORDED_SECONDS - TROUBLE_AT_SECONDS) * 1000, signal)
    return await Promise.race([isWritten, pause(CLOSING_MS, signal).then(() => false)])
  } finally {
    stopKeepingRoom()
    await endProcess(child)
    await Promise.all([server.close(), dns.close()])
  }
}

/** A slow disk is preloaded, so that the threads that write have it too. */
function startRecorder(ownTrouble: Recording['ownTrouble']): ChildProcess {
  const preload = ownTrouble === 'slow-disk' ? { NODE_OPTIONS: `--import=${SLOW_DISK}`, ...slowDiskLater() } : {}
  return fork(join(import.meta.dirname, 'record-process.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...preload },
  })
}

const slowDiskLater = () => ({
  SLOW_DISK_FROM: String(Date.now() + TROUBLE_AT_SECONDS * 1000),
  SLOW_DISK_MS: '1000',
})

/** True once it says that all is written; false when it ends before, or could not go on. */
function listen(child: ChildProcess, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    child.on('message', (message: RecorderMessage) => {
      if (message === 'begun') return
      const { rows, failure } = message
      process.stderr.write(`${name}: ${rows} rows${failure ? `, ended by ${JSON.stringify(failure)}` : ''}\n`)
      resolve(failure === undefined)
    })
    child.once('exit', () => resolve(false))
  })
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => {})
