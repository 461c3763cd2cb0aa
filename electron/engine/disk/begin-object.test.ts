import { mkdtempSync, renameSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Clock } from '../engine-ports.ts'
import { beginObject } from './begin-object.ts'
import { type Destination, openDestination } from './destination.ts'
import { type Journal, openJournal } from './journal/journal.ts'

const clock: Clock = { now: () => 0, monotonic: () => 0, after: () => () => {} }
const OBJECT = { key: 'p/big', etag: 'e1', size: 100, lastModified: 0, path: 'big' }

let folder = ''
let destination: Destination
let journal: Journal
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-begin-'))
  await start()
})
afterEach(async () => {
  await journal.close()
  rmSync(folder, { recursive: true, force: true })
})

async function start() {
  const opened = await openDestination({ folder, clock })
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure))
  destination = opened.value
  const identity = { bucket: 'b', endpoint: '', prefix: 'p/' }
  const replayed = await openJournal({
    folder: destination.ownFolder,
    identity,
    bootId: 'boot',
    clock,
    random: Math.random,
  })
  if (!replayed.ok) throw new Error(JSON.stringify(replayed.failure))
  journal = replayed.value
}
/** The next run. */
async function restart() {
  await journal.close()
  await destination.close()
  await start()
}
async function begin(object = OBJECT) {
  const begun = await beginObject({ journal, destination }, object)
  if (!begun.ok) throw new Error(JSON.stringify(begun.failure))
  return begun.value
}
const gain = (spans: [number, number][]) => journal.append({ kind: 'ranges', key: OBJECT.key, etag: 'e1', spans })
const part = () => join(folder, 'big.part')

test('what an earlier run has fetched is continued', async () => {
  expect((await begin()).spans).toEqual([])
  gain([[0, 60]])
  await restart()
  expect((await begin()).spans).toEqual([[0, 60]])
  await restart()
  expect((await begin()).spans).toEqual([[0, 60]])
})

test.each<[string, () => void]>([
  ['is gone', () => rmSync(part())],
  ['has been cut', () => truncateSync(part(), 50)],
  ['had got its final name just before the kill', () => renameSync(part(), join(folder, 'big'))],
])('a part file that %s: nothing is claimed, by the run after next neither', async (_, happen) => {
  await begin()
  gain([[0, 100]])
  await restart()
  happen()
  expect((await begin()).spans).toEqual([])
  await restart()
  expect((await begin()).spans).toEqual([])
})

test.each([
  ['the same time speaks for what is there', 5000, 5000, [[0, 60]]],
  ['another time does not', 5000, 6000, []],
  ['and no time neither', 0, 0, []],
])('without an ETag: %s', async (_, lastModified, later, spans) => {
  const object = { ...OBJECT, etag: '', lastModified }
  await begin(object)
  journal.append({ kind: 'ranges', key: OBJECT.key, etag: '', spans: [[0, 60]] })
  await restart()
  expect((await begin({ ...object, lastModified: later })).spans).toEqual(spans)
})

test('another version, or another path, begins anew', async () => {
  await begin()
  gain([[0, 60]])
  expect((await begin({ ...OBJECT, etag: 'e2' })).spans).toEqual([])
  expect((await begin()).spans).toEqual([])
})

test('within one run: what was gained counts, what was discarded does not', async () => {
  const first = await begin()
  gain([[0, 60]])
  await first.part.close()
  expect((await begin()).spans).toEqual([[0, 60]])
  await journal.appendDurably({ kind: 'restarted', key: OBJECT.key })
  expect((await begin()).spans).toEqual([])
})

test('a landed object that is fetched again counts as landed no more', async () => {
  journal.append({ kind: 'landed', key: OBJECT.key, etag: 'e1', size: 100 })
  expect(journal.replay.isLanded(OBJECT)).toBe(true)
  await begin()
  await restart()
  expect(journal.replay.isLanded(OBJECT)).toBe(false)
})
