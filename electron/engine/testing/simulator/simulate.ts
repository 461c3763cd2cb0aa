/**
 * Hours of a download in seconds: the real governor, with all its decisions, and the real transfer book, over virtual
 * time and a model of connections, servers and DNS. Only the disk's files are left out.
 */
import type { EngineEvent, EventCode } from '../../../../shared/engine-event.ts'
import { type Failure, failed, success } from '../../../../shared/failure.ts'
import { jobSpecSchema } from '../../../../shared/job-spec.ts'
import { type PolicyOverrides, policySchema } from '../../../../shared/policy.ts'
import type { Endpoint, EnginePorts, ObjectSource, Resolver } from '../../engine-ports.ts'
import type { Governor } from '../../govern/governor.ts'
import { createObjectTable, type ObjectTable } from '../../plan/object-table.ts'
import type { ObjectLanding } from '../../schedule/object-landing.ts'
import { createOpenObject } from '../../schedule/open-object.ts'
import { createTransfer } from '../../transfer.ts'
import { createSeededRandom } from '../seeded-random.ts'
import type { Weather } from '../weather/weather.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'
import { createVirtualDataPlane, type VirtualDataPlane } from './virtual-data-plane.ts'
import type { World } from './world-now.ts'

export type SimulationOptions = {
  seconds: number
  seed?: number
  weather?: Weather[]
  world?: Partial<Omit<World, 'weather'>>
  threads?: number
  policy?: PolicyOverrides
  limitBytesPerSecond?: number
  partSize?: number | 'auto'
  objectBytes?: number
  /** A job of so many objects instead of one without end. */
  objects?: number
  /** Objects are spread over this many sub-prefixes. */
  prefixes?: number
  addresses?: string[]
  /** DNS gives no answer during these. */
  dnsOutages?: { atSeconds: number; forSeconds: number }[]
  /** Called once, when this many seconds have passed: a button is pressed. */
  actions?: { atSeconds: number; run(governor: Governor): void }[]
}

export type SimulationResult = {
  /** Body bytes received in each second. */
  perSecond: number[]
  /** Concurrency level at the end of each second. */
  levels: number[]
  /** Working connections at the end of each second. */
  active: number[]
  events: (EngineEvent & { seconds: number })[]
  requests: number
  refused: number
  /** Requests and refusals, cumulative, at the end of each second. */
  servedPerSecond: { requests: number; refused: number }[]
  bytesFetched: number
  bytesDone: number
  socketsOpened: number
  socketsClosed: number
  fatal: Failure | undefined
  failedObjects: number
  /** When nothing was left to do; undefined for a job without end. */
  doneAtSeconds: number | undefined
  /** Mean bytes per second between two times, in seconds. */
  speed(from: number, to: number): number
  /** Sockets that were open while the pool did not know them, or the other way round, at any tick. */
  leaks: number
}

export const codesOf = ({ events }: SimulationResult) => events.map(({ code }) => code)
export const eventsOf = ({ events }: SimulationResult, code: EventCode) => events.filter((event) => event.code === code)

/** As the engine does. */
const TICK_MS = 100
const ENDPOINT: Endpoint = {
  tls: false,
  hostHeader: 's3.example',
  hostname: 's3.example',
  port: 80,
  basePath: '/',
  region: 'us-east-1',
}

export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const { seconds, seed = 1, threads = 16, prefixes = 4 } = options
  const clock = createVirtualClock()
  const random = createSeededRandom(seed)
  const world: World = { handshakeMs: 60, firstByteMs: 40, ...options.world, weather: options.weather ?? [] }
  const dataPlane = createVirtualDataPlane({ clock, random: createSeededRandom(seed + 1), world })
  const policy = policySchema.parse(options.policy ?? {})
  const events: SimulationResult['events'] = []
  let fatal: Failure | undefined
  let failedObjects = 0

  const ports: EnginePorts = {
    clock,
    random,
    dataPlane,
    source: makeSource(clock.after, dataPlane),
    resolver: makeResolver(clock, options.addresses ?? ['192.0.2.1'], options.dnsOutages ?? []),
    verifier: undefined as never,
    memory: () => 0,
    closeWait: () => 0,
  }
  const spec = jobSpecSchema.parse({
    source: { bucket: 'bucket', prefix: '', access: { kind: 'anonymous' } },
    destination: '/nowhere',
    threads,
    partSize: options.partSize ?? 'auto',
    ...(options.limitBytesPerSecond ? { limitBytesPerSecond: options.limitBytesPerSecond } : {}),
  })

  const table = createObjectTable((index) => book.liveBytes(index))
  const landing = makeLanding(table)
  const { book, governor } = createTransfer({
    ports,
    policy,
    spec,
    table,
    landing: () => landing,
    isListingComplete: () => options.objects !== undefined,
    isRereading: () => false,
    smallestKey: () => undefined,
    loopLagMs: () => 0,
    unansweredMs: () => 0,
    emit: (code, reason) =>
      void events.push({ time: new Date(clock.now()).toISOString(), code, reason, seconds: clock.seconds() }),
    onObject(event) {
      if (event.kind === 'failed') failedObjects++
      // There is always more: as each object lands, another is listed.
      else if (event.kind === 'landed' && options.objects === undefined) list()
    },
    onReplaced() {},
    onFatal: noteFatal,
  })

  function noteFatal(failure: Failure): void {
    fatal ??= failure
  }

  let listed = 0
  function list(): void {
    const key = `prefix-${listed % prefixes}/object-${listed}.nc`
    const size = options.objectBytes ?? 1e9
    book.addWaiting(table.add({ key, size, etag: `etag-${listed}`, lastModified: 0, storageClass: 'STANDARD' }))
    listed++
  }
  const endless = 64 * Math.max(1, Math.ceil(50e6 / (options.objectBytes ?? 1e9)))
  for (let count = 0; count < (options.objects ?? endless); count++) list()

  const perSecond: number[] = []
  const levels: number[] = []
  const active: number[] = []
  const servedPerSecond: { requests: number; refused: number }[] = []
  let received = 0
  let leaks = 0
  let doneAtSeconds: number | undefined

  const tick = () => {
    governor.tick()
    if (book.isIdle()) doneAtSeconds ??= clock.seconds()
    if (!isOver) clock.after(TICK_MS, tick)
  }
  let isOver = false
  void governor.start(new AbortController().signal)
  clock.after(TICK_MS, tick)
  const actions = [...(options.actions ?? [])]
  for (const { atSeconds, run } of actions) clock.after(atSeconds * 1000, () => run(governor))

  for (let second = 1; second <= seconds; second++) {
    await clock.runUntil(second)
    const bytes = governor.bytesReceived()
    perSecond.push(bytes - received)
    received = bytes
    const { concurrency, connections } = governor.pool()
    levels.push(concurrency)
    active.push(connections.active)
    servedPerSecond.push(dataPlane.served())
    const sockets = dataPlane.socketCounts()
    // A socket that has just been closed is still in the pool until its event arrives.
    const inPool = connections.active + connections.connecting + connections.idle
    if (inPool < sockets.opened - sockets.closed) leaks++
  }
  isOver = true
  const bytesDone = book.bytesDone()
  governor.stop()
  await clock.runUntil(seconds + 1)
  const sockets = dataPlane.socketCounts()
  await dataPlane.shutDown()
  return {
    perSecond,
    levels,
    active,
    events,
    ...dataPlane.served(),
    servedPerSecond,
    bytesFetched: received,
    bytesDone,
    socketsOpened: sockets.opened,
    socketsClosed: sockets.closed,
    fatal,
    failedObjects,
    doneAtSeconds,
    speed: (from, to) => perSecond.slice(from, to).reduce((sum, bytes) => sum + bytes, 0) / (to - from),
    leaks,
  }
}

/** S3's control plane: well, unless the line is cut. What it cannot know here fails the test that asks. */
function makeSource(
  after: (milliseconds: number, run: () => void) => () => void,
  { isCut, gives }: Pick<VirtualDataPlane, 'isCut' | 'gives'>,
): ObjectSource {
  const soon = () => new Promise<void>((resolve) => after(30, resolve))
  return {
    async listPage() {
      await soon()
      return isCut() ? failed({ class: 'stalled', code: 'timeout' }) : success({ objects: [], prefixes: [] })
    },
    async headObject() {
      await soon()
      return success({ size: 1, etag: 'etag', lastModified: 0, checksums: {}, checksumType: '' as const, partCount: 1 })
    },
    async tryObject({ key }) {
      await soon()
      return gives(key) ? success(undefined) : failed({ class: 'stalled', code: 'timeout' })
    },
    async endpoint() {
      await soon()
      return success(ENDPOINT)
    },
    close() {},
  }
}

/** Without a disk: every object begins at once, and is at its place as soon as it is complete. */
function makeLanding(table: ObjectTable): ObjectLanding {
  return {
    beginAtOnce: () => undefined,
    async begin(index, group) {
      const [key, size, etag] = [table.key(index), table.size(index), table.etag(index)]
      return success(createOpenObject({ index, key, size, etag, path: key, group, file: { kind: 'open', fd: 0 } }, []))
    },
    land: async () => success(undefined),
    landed() {},
    keepPart: async () => success(undefined),
    async abandon() {},
    async discard() {},
    takeBack: async () => success(undefined),
    repin: async () => success(undefined),
    isStill: async () => success(true),
    explain: (failure) => failure,
  }
}

function makeResolver(
  clock: VirtualClock,
  addresses: string[],
  outages: NonNullable<SimulationOptions['dnsOutages']>,
): Resolver {
  const isOut = () =>
    outages.some(({ atSeconds, forSeconds }) => {
      const since = clock.seconds() - atSeconds
      return since >= 0 && since < forSeconds
    })
  return {
    async resolve(host) {
      await new Promise<void>((resolve) => clock.after(isOut() ? 3000 : 20, resolve))
      if (isOut()) return failed({ class: 'dns', code: 'ETIMEOUT', subject: host })
      return success({ addresses, ttlSeconds: 60, milliseconds: 20, from: 'server' as const })
    },
  }
}
