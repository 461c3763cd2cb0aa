/** The decision log of one job: the newest events in memory, all of them (bounded) as NDJSON on disk. */
import { appendFile, mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type EngineEvent, engineEventSchema } from '../../shared/engine-event.ts'
import { lineStartOf } from '../engine/metrics/line-start.ts'

const KEEP_IN_MEMORY = 10_000
/** One full file and one older one are kept. */
const ROLL_AT_BYTES = 16 * 1024 * 1024

export type EventLog = {
  add(event: EngineEvent): void
  /** The newest `limit`, oldest first. */
  latest(limit: number): EngineEvent[]
  flush(): Promise<void>
}

/** Reads what earlier runs have left. Lines that are no events (a torn last one) are passed over. */
export async function openEventLog(
  path: string,
  logProblem: (where: string, error: unknown) => void,
): Promise<EventLog> {
  let events = await readEvents(path)
  let unwritten: string[] = []
  let writing: Promise<void> | undefined

  async function writeOut(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    while (unwritten.length > 0) {
      const lines = unwritten.join('')
      unwritten = []
      try {
        await rollWhenFull(path)
        await mkdir(dirname(path), { recursive: true })
        await appendFile(path, lineStartOf(path) + lines)
      } catch (error) {
        logProblem('event-log', error)
      }
    }
    writing = undefined
  }

  return {
    add(event) {
      events.push(event)
      if (events.length > KEEP_IN_MEMORY * 1.2) events = events.slice(-KEEP_IN_MEMORY)
      unwritten.push(`${JSON.stringify(event)}\n`)
      writing ??= writeOut()
    },
    latest: (limit) => events.slice(-limit),
    async flush() {
      await writing
    },
  }
}

export async function removeEventLog(path: string): Promise<void> {
  await Promise.all([path, olderPath(path)].map((each) => rm(each, { force: true })))
}

const olderPath = (path: string) => `${path}.1`

async function rollWhenFull(path: string): Promise<void> {
  const size = await stat(path).then(
    (stats) => stats.size,
    () => 0,
  )
  if (size >= ROLL_AT_BYTES) await rename(path, olderPath(path))
}

async function readEvents(path: string): Promise<EngineEvent[]> {
  const newest = await readLines(path)
  const lines = newest.length < KEEP_IN_MEMORY ? [...(await readLines(olderPath(path))), ...newest] : newest
  return lines
    .slice(-KEEP_IN_MEMORY)
    .map(parseLine)
    .filter((event) => event !== undefined)
}

const readLines = (path: string): Promise<string[]> =>
  readFile(path, 'utf8').then(
    (text) => text.split('\n'),
    () => [],
  )

function parseLine(line: string): EngineEvent | undefined {
  if (!line) return undefined
  try {
    return engineEventSchema.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}
