/** The decision log of one job: the newest events in memory, all of them (bounded) as NDJSON on disk. */
import { appendFile, mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { type EngineEvent, engineEventSchema } from '../../../shared/engine-event.ts'
import { lineStartOf } from '../../engine/metrics/line-start.ts'

const KEEP_IN_MEMORY = 10_000
/** One full file and one older one are kept. */
const ROLL_AT_BYTES = 16 * 1024 * 1024

const setBackSchema = z.object({ movedBackSeconds: z.number() })
type SetBack = z.infer<typeof setBackSchema>
const lineSchema = z.union([engineEventSchema, setBackSchema])

export type EventLog = {
  add(event: EngineEvent): void
  /** The clock was set back by this much: earlier events move back with it. */
  moveBack(seconds: number): void
  /** The newest `limit`, oldest first. */
  latest(limit: number): EngineEvent[]
  /** Earlier ones are no longer in memory. */
  isCut(): boolean
  flush(): Promise<void>
}

/** Reads the events of earlier runs. Lines that do not parse (a torn last one) are skipped. */
export async function openEventLog(
  path: string,
  logProblem: (where: string, error: unknown) => void,
): Promise<EventLog> {
  let { events, isCut } = await readEvents(path)
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

  function write(line: EngineEvent | SetBack): void {
    unwritten.push(`${JSON.stringify(line)}\n`)
    writing ??= writeOut()
  }

  return {
    add(event) {
      events.push(event)
      if (events.length > KEEP_IN_MEMORY * 1.2) {
        events = events.slice(-KEEP_IN_MEMORY)
        isCut = true
      }
      write(event)
    },
    moveBack(seconds) {
      events = events.map((event) => earlierBy(seconds, event))
      write({ movedBackSeconds: seconds })
    },
    latest: (limit) => events.slice(-limit),
    isCut: () => isCut,
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

async function readEvents(path: string): Promise<{ events: EngineEvent[]; isCut: boolean }> {
  const newest = await readLines(path)
  const lines = newest.length < KEEP_IN_MEMORY ? [...(await readLines(olderPath(path))), ...newest] : newest
  const kept = lines.slice(-KEEP_IN_MEMORY)
  return { events: applySetBacks(kept.map(parseLine)), isCut: kept.length < lines.length }
}

/** Each set-back line moves all events before it. */
function applySetBacks(lines: readonly (EngineEvent | SetBack | undefined)[]): EngineEvent[] {
  const newestFirst: EngineEvent[] = []
  let seconds = 0
  for (const line of lines.toReversed()) {
    if (line && 'movedBackSeconds' in line) seconds += line.movedBackSeconds
    else if (line) newestFirst.push(seconds === 0 ? line : earlierBy(seconds, line))
  }
  return newestFirst.reverse()
}

const earlierBy = (seconds: number, event: EngineEvent): EngineEvent => ({
  ...event,
  time: new Date(Date.parse(event.time) - seconds * 1000).toISOString(),
})

const readLines = (path: string): Promise<string[]> =>
  readFile(path, 'utf8').then(
    (text) => text.split('\n'),
    () => [],
  )

function parseLine(line: string): EngineEvent | SetBack | undefined {
  if (!line) return undefined
  try {
    return lineSchema.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}
