import { beforeEach, describe, expect, it } from 'vitest'
import type { ConnectionEvent, DataPlane, Endpoint, FetchTask, TaskOutcome } from '../../engine-ports.ts'
import { type ConnectionPool, createConnectionPool } from './connection-pool.ts'
import type { PooledConnection } from './pooled-connection.ts'

const endpoint = {} as Endpoint
const task = { taskId: 7, range: { start: 0, end: 10 } } as FetchTask
const closed: ConnectionEvent = { kind: 'closed', connectionId: 1 }
const finished: ConnectionEvent = {
  kind: 'finished',
  outcome: { taskId: task.taskId, connectionId: 1, connectionEnds: true, reached: 0, received: 0, firstByteMs: 0 },
}

let pool: ConnectionPool
let told: string[]
/** Counters of the connection; a data plane has none of one that is closed. */
let bytes: number
let running: { taskId: number; reached: number }
let tell: (...events: ConnectionEvent[]) => void

beforeEach(() => {
  told = []
  bytes = 0
  running = { taskId: 0, reached: 0 }
  let isOpen = true
  const dataPlane = {
    open() {},
    assign() {},
    close() {},
    counters: () => ({ bytes: isOpen ? bytes : 0, lastByteAt: 0, ...running }),
    subscribe(listener: (events: ConnectionEvent[]) => void) {
      tell = (...events) => {
        listener(events)
        isOpen &&= !events.includes(closed)
      }
    },
  } as unknown as DataPlane
  let now = 0
  pool = createConnectionPool({
    dataPlane,
    clock: { monotonic: () => ++now } as Parameters<typeof createConnectionPool>[0]['clock'],
    random: () => 0.5,
    onOutcome: (_outcome: TaskOutcome) => void told.push(`outcome, ${pool.bytesReceived()}`),
    onOpened() {},
    onClosed: (connection: PooledConnection) => void told.push(`closed, ${connection.bytes}`),
    onShortened() {},
    onBroken() {},
  })
  pool.open('127.0.0.1', 1, endpoint)
  tell({ kind: 'opened', connectionId: 1, handshakeMs: 1 })
})

describe('what a connection has received stays counted when it is closed', () => {
  it('by us or by the server, between two requests', () => {
    bytes = 1000
    tell(closed)
    expect(pool.bytesReceived()).toBe(1000)
    expect(told).toEqual(['closed, 1000'])
  })

  it('while a request is on its way to it', () => {
    bytes = 1000
    pool.assign(pool.get(1) as PooledConnection, task, endpoint)
    tell(closed)
    pool.tick()
    expect(pool.bytesReceived()).toBe(1000)
    tell(finished)
    expect(pool.bytesReceived()).toBe(1000)
    expect(told).toEqual(['outcome, 1000', 'closed, 1000'])
    expect(pool.size).toBe(0)
  })
})

it('the first byte of a task is one of its own, not the last of the task before', () => {
  const connection = pool.get(1) as PooledConnection
  running = { taskId: 6, reached: 500 }
  pool.tick()
  pool.assign(connection, task, endpoint)
  bytes = 1000
  pool.tick()
  expect(connection.firstByteAt).toBe(0)
  running = { taskId: task.taskId, reached: 1 }
  bytes = 1001
  pool.tick()
  expect(connection.firstByteAt).toBeGreaterThan(0)
})
