/**
 * What the simulator cannot do to the governor: a data plane that
 * is not heard of any more. The rest is in `../testing/simulator/`.
 */
import { expect, it } from 'vitest'
import type { EventCode, Reason } from '../../../shared/engine-event.ts'
import { type Failure, success } from '../../../shared/failure.ts'
import { jobSpecSchema } from '../../../shared/job-spec.ts'
import { DEFAULT_POLICY, policySchema } from '../../../shared/policy.ts'
import type { ConnectionEvent, EnginePorts } from '../engine-ports.ts'
import type { TransferBook } from '../schedule/transfer-book.ts'
import { createVirtualClock } from '../testing/simulator/virtual-clock.ts'
import { MAX_CONNECTION_SLOTS } from '../transport/shared-counters.ts'
import { createGovernor } from './governor.ts'

/** Workers that hang in a write open nothing, close nothing and say nothing, unless a test says it for them. */
async function openDeafGovernor({ blockedMs = 1e6 } = {}) {
  const clock = createVirtualClock()
  const opened: number[] = []
  const handedOver: number[] = []
  const events: { code: EventCode; reason: Reason }[] = []
  const fatal: Failure[] = []
  let tell: (events: ConnectionEvent[]) => void = () => {}
  const ports = {
    clock,
    random: () => 0.5,
    resolver: {
      resolve: async () => success({ addresses: ['192.0.2.1'], ttlSeconds: 60, milliseconds: 1, from: 'fixed' }),
    },
    source: {
      endpoint: async () => success({ hostname: 's3.example', hostHeader: 's3.example', port: 443, tls: true }),
      listPage: async () => success({ objects: [], prefixes: [] }),
    },
    dataPlane: {
      open: ({ connectionId }: { connectionId: number }) => void opened.push(connectionId),
      close() {},
      assign() {},
      subscribe: (listener: typeof tell) => {
        tell = listener
      },
      setRateLimit() {},
      counters: () => ({ bytes: 0, lastByteAt: 0, reached: 0, taskId: 0 }),
      blockedMs: () => blockedMs,
      diskWriteMs: () => 0,
    },
  } as unknown as EnginePorts
  const book = {
    hasWaitingWork: () => true,
    isLeftWithFailures: () => false,
    wantsBytes: () => true,
    receivingTasks: () => 0,
    landed: () => undefined,
    counts: () => ({ retries: 0, waiting: 1, open: 0 }),
    next: (taskId: number) => ({ taskId, key: 'key', objectSize: 1e9, range: { start: 0, end: 1e9 } }),
    isDoubtful: () => false,
    handOver: (taskId: number) => void handedOver.push(taskId),
  } as unknown as TransferBook
  const governor = createGovernor({
    ports,
    book,
    policy: policySchema.parse({}),
    spec: jobSpecSchema.parse({ source: { bucket: 'bucket', prefix: '' }, destination: '/nowhere', threads: 256 }),
    isListingComplete: () => false,
    isRereading: () => false,
    smallestKey: () => undefined,
    loopLagMs: () => 0,
    unansweredMs: () => 0,
    emit: (code, reason) => void events.push({ code, reason }),
    onReplaced() {},
    onFatal: (failure) => void fatal.push(failure),
  })
  await governor.start(new AbortController().signal)
  return {
    governor,
    opened: () => opened.length,
    connections: opened,
    handedOver,
    events,
    fatal,
    tell: (...events: ConnectionEvent[]) => tell(events),
    async pass(seconds: number) {
      for (let end = clock.seconds() + seconds; clock.seconds() < end; ) {
        await clock.runUntil(clock.seconds() + 1)
        governor.tick()
      }
    },
  }
}

it('counts a connection that does not come up as one failure, however long it takes to close', async () => {
  const { governor, opened, pass } = await openDeafGovernor()
  await pass(60)
  const isUnderWay = governor.pool().concurrency
  expect(governor.requests().errors.get('connect')).toBe(opened() - isUnderWay)
})

it('opens no more connections than can be counted, while none of them closes', async () => {
  const { governor, opened, pass } = await openDeafGovernor()
  // The user loses patience every minute.
  for (let minute = 0; minute < 60; minute++) {
    await pass(60)
    governor.pause()
    governor.resume()
  }
  expect(opened()).toBe(MAX_CONNECTION_SLOTS)
})

it('lets a connection that is to go hand over to a fresh one that stays, not to one that is being closed as it opens', async () => {
  const { governor, connections, tell, handedOver } = await openDeafGovernor()
  const [first = 0, second = 0] = connections
  tell({ kind: 'opened', connectionId: first, handshakeMs: 1 })
  governor.rebuild('user')
  governor.tick()
  governor.closeConnection(second, 'user')
  tell({ kind: 'opened', connectionId: second, handshakeMs: 1 })
  expect(handedOver).toEqual([])
  tell({ kind: 'opened', connectionId: connections.at(-1) ?? 0, handshakeMs: 1 })
  expect(handedOver).toEqual([first])
})

it('says how long the pool took to warm up after a rest, not since the start of the job', async () => {
  const { governor, connections, tell, events, pass } = await openDeafGovernor()
  const before = [...connections]
  governor.coolDown('user')
  tell(...before.map((connectionId) => ({ kind: 'closed' as const, connectionId })))
  await pass(302)
  const fresh = connections.filter((connectionId) => !before.includes(connectionId))
  tell(...fresh.map((connectionId) => ({ kind: 'opened' as const, connectionId, handshakeMs: 1 })))
  const warmed = events.find(({ code }) => code === 'pool-warmed')
  expect(warmed?.reason).toMatchObject({ size: fresh.length })
  expect(warmed?.reason.seconds).toBeLessThan(10)
})

it('says that the listing is refused, at once where the service tells for how long, else when it comes again', async () => {
  const { governor, events } = await openDeafGovernor()
  const told = () => events.filter(({ code }) => code === 'throttled').map(({ reason }) => reason)
  const refused = { class: 'throttled', httpStatus: 503 } as const
  for (const attempts of [1, 2, 3]) governor.listRetryAfterMs(refused, attempts, false)
  expect(told()).toEqual([{ status: 503 }])
  expect(governor.limit(0).code).toBe('throttling')
  expect(governor.requests().errors.get('throttled')).toBe(3)
  expect(governor.listRetryAfterMs({ ...refused, retryAfterMs: 30_000 }, 1, true)).toBe(30_000)
  expect(told().slice(1)).toEqual([{ status: 503, retryAfterMs: 30_000 }])
})

it('gives up a listing that is refused for ever with what the service says, not as one that cannot be reached', async () => {
  const { governor, fatal, pass } = await openDeafGovernor({ blockedMs: 0 })
  governor.listRetryAfterMs({ class: 'throttled', code: 'SlowDown', httpStatus: 503 }, 20, false)
  // Three times as long: in this world the probe is answered.
  await pass(3 * DEFAULT_POLICY.networkGoneSeconds + 1)
  expect(fatal[0]).toEqual({ class: 'throttled', code: 'SlowDown', httpStatus: 503, subject: 's3.example' })
})

it('takes a lack of files for one connection too many, told once, and for no failure of the address', async () => {
  const { governor, connections, tell, events } = await openDeafGovernor()
  const begun = [...connections]
  const failure = { class: 'connect', code: 'EMFILE' } as const
  for (const connectionId of begun.slice(-2)) tell({ kind: 'closed', connectionId, failure })
  expect(governor.pool().concurrency).toBeLessThan(begun.length)
  expect(governor.requests().errors.get('connect') ?? 0).toBe(0)
  expect(governor.addressTable()[0]?.failures ?? 0).toBe(0)
  const told = events.filter(({ code }) => code === 'files-short')
  expect(told.map(({ reason }) => reason.code)).toEqual(['EMFILE'])
})
