import { expect, test } from 'vitest'
import type { EnginePorts } from '../engine-ports.ts'
import type { Governor } from '../govern/governor.ts'
import { createObjectTable, type ObjectTable } from '../plan/object-table.ts'
import type { TransferBook } from '../schedule/transfer-book.ts'
import { createSnapshotMeter } from './snapshot-meter.ts'

const CONNECTIONS = Array.from({ length: 16 }, (_, id) => ({
  id,
  state: 'active' as const,
  address: '192.0.2.1',
  generation: 1,
  ageSeconds: 1,
  requests: 1,
  bytes: 1,
  bytesPerSecond: 1,
  key: 'a',
}))

function meterOf(table: ObjectTable, job: { bytesDone(): number; bytesReceived: number }) {
  let now = 0
  const ports = {
    clock: { now: () => 0, monotonic: () => (now += 1000), after: () => () => {} },
    dataPlane: { socketCounts: () => ({ opened: 16, closed: 0 }), diskWriteMs: () => 1 },
    closeWait: () => 0,
    memory: () => 1e8,
  } as unknown as EnginePorts
  const book = { bytesDone: job.bytesDone, counts: () => ({ retries: 0 }) } as unknown as TransferBook
  const governor = {
    bytesReceived: () => job.bytesReceived,
    dnsMs: () => 1,
    waitSeconds: () => 0,
    requests: () => ({ errors: new Map(), requestsPerSecond: 4, successRate: 1, delayMs: 0 }),
    pool: () => ({ concurrency: 16, threads: 16, generation: 1, connections: { active: 16, connecting: 0, idle: 0 } }),
    limit: () => ({ code: 'none', evidence: {} }),
    connectionTable: () => CONNECTIONS,
    addressTable: () => [],
  } as unknown as Governor
  return createSnapshotMeter({ ports, table, book, governor })
}

/** Counts how often the meter asks the table anything at all. */
function readOnce(objects: number, bytesReceived: number): { asked: number; characters: number } {
  const table = createObjectTable(() => 0)
  for (let index = 0; index < objects; index++) {
    table.add({
      key: `e5.oper.an.pl/202510/${index}.nc`,
      size: 1e9,
      etag: '"e"',
      lastModified: 0,
      storageClass: 'STANDARD',
    })
    table.setState(index, index % 2 === 0 ? 'done' : 'waiting')
  }
  let asked = 0
  const counted = new Proxy(table, {
    get(target, name) {
      asked++
      return Reflect.get(target, name) as unknown
    },
  }) as ObjectTable
  const meter = meterOf(counted, { bytesDone: () => 5, bytesReceived })
  try {
    meter.tick()
    const snapshot = meter.read('running', true)
    expect(snapshot).toMatchObject({ objectsTotal: objects, objectsDone: Math.ceil(objects / 2) })
    return { asked, characters: JSON.stringify(snapshot).length }
  } finally {
    meter.close()
  }
}

test('a snapshot costs the same for ten objects at 1 MB/s and for 100,000 at 1 GB/s', () => {
  const small = readOnce(10, 1e6)
  const large = readOnce(100_000, 1e9)
  // The same few questions, and only digits more in the answer.
  expect(large.asked).toBe(small.asked)
  expect(small.asked).toBeLessThan(20)
  expect(large.characters - small.characters).toBeLessThan(100)
})

test('what is done never runs backwards, nor beyond the whole of a job whose object has become smaller', () => {
  const table = createObjectTable(() => 0)
  const index = table.add({ key: 'a', size: 100, etag: 'old', lastModified: 0, storageClass: 'STANDARD' })
  let bytesDone = 90
  const meter = meterOf(table, { bytesDone: () => bytesDone, bytesReceived: 0 })
  const shown = () => meter.read('running', true).bytesDone
  try {
    expect(shown()).toBe(90)
    bytesDone = 80
    expect(shown()).toBe(90)
    table.repin(index, 'new', 50, 0)
    bytesDone = 0
    expect(shown()).toBe(50)
  } finally {
    meter.close()
  }
})
