/**
 * Hard kills: the built command line downloads, is killed at random or chosen
 * moments, and starts again, until the job is whole. After each life every file under
 * its final name must be right and whole; at the end all of them must be there.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { startFaultServer } from '../../electron/engine/testing/fault-server/fault-server.ts'
import type { StoredObject } from '../../electron/engine/testing/objects/stored-objects.ts'
import { createSeededRandom } from '../../electron/engine/testing/seeded-random.ts'
import { connectionSpeed, lineCapacity } from '../../electron/engine/testing/weather/line.ts'

export type TortureOptions = {
  kills: number
  seed: number
  /** Bytes per second of the line. */
  lineBytesPerSecond?: number
  /**
   * A few large objects, the default policy alone, lives long enough for a kill to be rare: what one costs in earnest.
   */
  isLarge?: boolean
  /** Lives end at the moments of `kill-at.ts`, in turn, instead of any. */
  isAimed?: boolean
  onLife?(text: string): void
}

export type TortureResult = {
  kills: number
  jobs: number
  /** Files checked byte by byte. */
  filesChecked: number
  bytesWanted: number
  bytesSent: number
  /** Refetched bytes of one kill, as seconds of the line. */
  secondsLostPerKill: number
}

const CLI = join(import.meta.dirname, '..', '..', 'out', 'main', 'cli.cjs')
const KILL_AT = pathToFileURL(join(import.meta.dirname, 'kill-at.ts')).href
const BUCKET = 'torture'
const LINE_BYTES_PER_SECOND = 80e6
const CONNECTION_BYTES_PER_SECOND = 10e6
/** From the first moment, when nothing is there yet, to well into the job. */
const LIFE_SECONDS = { least: 0.15, most: 2.5 }
/** Every other job flushes and compacts so often that kills fall into it. */
const EAGER_POLICY = { journalFlushSeconds: 0.1 }
const LAST_LIFE_SECONDS = 120
const MOMENTS = ['name-large', 'name-small', 'name-own', 'flush-own', 'flush-part', 'write-own']
const WHENS = ['before', 'after', 'amidst']
/** So many such moments are lived through, at most. */
const MOST_LET_THROUGH = { 'name-small': 40, 'write-own': 20, 'flush-own': 8 } as Record<string, number>
/** 2 GiB. */
const LARGE_JOB = {
  objects: 16,
  bytesEach: 128 * 1024 ** 2,
  lifeSeconds: { least: 20, most: 36 },
  lastLifeSeconds: 900,
}

/** Throws an error that says what is wrong where. */
export async function torture({ kills, seed, ...options }: TortureOptions): Promise<TortureResult> {
  const { lineBytesPerSecond = LINE_BYTES_PER_SECOND, isLarge = false, isAimed = false, onLife } = options
  const lifeSeconds = isLarge ? LARGE_JOB.lifeSeconds : LIFE_SECONDS
  const lastLifeSeconds = isLarge ? LARGE_JOB.lastLifeSeconds : LAST_LIFE_SECONDS
  const random = createSeededRandom(seed)
  const objects = isLarge ? makeLargeObjects() : makeObjects(random)
  const weather = [lineCapacity(lineBytesPerSecond), connectionSpeed(CONNECTION_BYTES_PER_SECOND)]
  const server = await startFaultServer({ buckets: { [BUCKET]: objects }, seed, weather })
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-torture-'))
  const policyFile = join(folder, 'policy.json')
  writeFileSync(policyFile, JSON.stringify(EAGER_POLICY))
  const sums = new Map(objects.map((object) => [object.key, server.expectedSha256(object)]))
  const result = { kills: 0, jobs: 0, filesChecked: 0, bytesWanted: 0 }
  let aimed = 0
  try {
    while (result.kills < kills) {
      const isEager = !isLarge && result.jobs % 2 === 0
      const destination = join(folder, `job-${result.jobs}`)
      // Ranges that a killed run has left were summed by nobody: with checksums they are read.
      const verify = result.jobs % 2 === 0 ? 'etag' : 'checksum'
      const source = [`s3://${BUCKET}/`, '--endpoint-url', server.endpointUrl, '--no-sign-request']
      const args = ['get', ...source, destination, '--verify', verify]
      const startOnce = (aim?: string) =>
        start([...args, '--region', 'us-east-1', ...(isEager ? ['--policy', policyFile] : [])], aim)
      const checked = new Set<string>()
      for (let exitCode: number | null = null; exitCode === null; ) {
        const isLast = result.kills >= kills
        const seconds = isLast ? lastLifeSeconds : between(lifeSeconds, random())
        const aim = isAimed && !isLast ? chooseAim(aimed++, random) : undefined
        const life = await liveFor(startOnce(aim), aim ? LAST_LIFE_SECONDS : seconds)
        if (life.exitCode === null && isLast) throw new Error(`not whole after ${lastLifeSeconds} s: ${life.said}`)
        if (life.exitCode !== null && life.exitCode !== 0) throw new Error(`exit code ${life.exitCode}: ${life.said}`)
        if (life.exitCode === null) result.kills++
        exitCode = life.exitCode
        result.filesChecked += await checkFiles(destination, sums, checked)
        onLife?.(
          `job ${result.jobs}: lived ${aim ? `until ${aim}` : `${seconds.toFixed(2)} s`}, ${checked.size} of ${sums.size} files, ${result.kills} kills`,
        )
      }
      if (checked.size !== sums.size) throw new Error(`only ${checked.size} of ${sums.size} files in ${destination}`)
      result.jobs++
      result.bytesWanted += objects.reduce((sum, { size }) => sum + size, 0)
      rmSync(destination, { recursive: true })
    }
    const bytesSent = server.counters.bytesSent
    const lost = (bytesSent - result.bytesWanted) / Math.max(1, result.kills)
    return { ...result, bytesSent, secondsLostPerKill: lost / lineBytesPerSecond }
  } finally {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Large ones that many connections share, small ones that land at once, empty ones, and folders. */
function makeObjects(random: () => number): StoredObject[] {
  const large = Array.from({ length: 6 }, (_, index) => ({
    key: `large/${index}.nc`,
    size: 30e6 + Math.floor(random() * 20e6),
  }))
  const small = Array.from({ length: 300 }, (_, index) => ({
    key: `small/${index % 7}/${index}.nc`,
    size: Math.floor(random() * 300_000),
  }))
  const empty = Array.from({ length: 5 }, (_, index) => ({ key: `empty/${index}`, size: 0 }))
  return [...large, ...small, ...empty]
}

const makeLargeObjects = (): StoredObject[] =>
  Array.from({ length: LARGE_JOB.objects }, (_, index) => ({ key: `large/${index}.nc`, size: LARGE_JOB.bytesEach }))

const between = ({ least, most }: { least: number; most: number }, share: number): number =>
  least + share * (most - least)

function chooseAim(turn: number, random: () => number): string {
  const moment = MOMENTS[turn % MOMENTS.length] as string
  const letThrough = Math.floor(random() * (MOST_LET_THROUGH[moment] ?? 2))
  return `${moment}:${letThrough}:${WHENS[Math.floor(random() * WHENS.length)]}`
}

function start(args: string[], aim?: string) {
  const preload = aim ? [`--import=${KILL_AT}`] : []
  const child = spawn(process.execPath, [...preload, CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, KILL_AT: aim },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  return { child, ended, said: () => said.trim().slice(-500) }
}

/** Exit code null: it was killed. */
async function liveFor(
  life: ReturnType<typeof start>,
  seconds: number,
): Promise<{ exitCode: number | null; said: string }> {
  const timer = new AbortController()
  const time = sleep(seconds * 1000, undefined, { signal: timer.signal }).catch(() => {})
  await Promise.race([life.ended, time])
  timer.abort()
  life.child.kill('SIGKILL')
  return { exitCode: await life.ended, said: life.said() }
}

/** Every file under its final name that was not checked yet. Returns how many those were. */
async function checkFiles(
  destination: string,
  sums: ReadonlyMap<string, string>,
  checked: Set<string>,
): Promise<number> {
  let count = 0
  for (const path of filesBelow(destination)) {
    if (checked.has(path) || path.endsWith('.part')) continue
    const expected = sums.get(path)
    if (expected === undefined) throw new Error(`nobody asked for ${path}`)
    if ((await sha256(join(destination, path))) !== expected) throw new Error(`wrong bytes in ${path}`)
    checked.add(path)
    count++
  }
  return count
}

/** With `/`, as keys are; our own folder left out. */
function filesBelow(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((path) => !path.startsWith('.longhaul/'))
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
