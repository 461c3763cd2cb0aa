import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FailureClass, failed } from '../../../shared/failure.ts'
import { beginObject } from '../disk/begin-object.ts'
import { openDestination } from '../disk/destination.ts'
import { openJournal } from '../disk/journal/journal.ts'
import type { Clock } from '../engine-ports.ts'
import { dropOrphans } from './drop-orphans.ts'

const clock: Clock = { now: () => 0, monotonic: () => 0, after: () => () => {} }
const KEYS = ['a', 'b', 'c']

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-orphans-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A folder in which all three objects have been begun. */
async function openFolder() {
  const destination = await openDestination({ folder, clock })
  if (!destination.ok) throw new Error(JSON.stringify(destination.failure))
  const identity = { bucket: 'b', endpoint: '', prefix: '' }
  const place = { folder: destination.value.ownFolder, identity, bootId: 'boot', clock, random: Math.random }
  const journal = await openJournal(place)
  if (!journal.ok) throw new Error(JSON.stringify(journal.failure))
  return { destination: destination.value, journal: journal.value }
}

test.each<[string, FailureClass, { asked: string[]; kept: string[] }]>([
  ['what is gone is removed', 'missing', { asked: KEYS, kept: [] }],
  ['what may not be looked at stays', 'denied', { asked: KEYS, kept: KEYS }],
  ['where nobody answers, nobody is asked again', 'stalled', { asked: ['a'], kept: KEYS }],
])('%s', async (_, failureClass, { asked, kept }) => {
  const first = await openFolder()
  for (const key of KEYS) await beginObject(first, { key, etag: 'e', size: 100, lastModified: 0, path: key })
  for (const key of KEYS) first.journal.append({ kind: 'ranges', key, etag: 'e', spans: [[0, 60]] })
  await first.journal.close()
  await first.destination.close()

  const { destination, journal } = await openFolder()
  const questions: string[] = []
  const headObject = async (key: string) => {
    questions.push(key)
    return failed({ class: failureClass })
  }
  const dropped: string[] = []
  await dropOrphans({
    keys: KEYS,
    journal,
    destination,
    source: { headObject },
    signal: new AbortController().signal,
    onDropped: (key, bytes) => void dropped.push(`${key} ${bytes}`),
  })
  await journal.close()
  await destination.close()
  expect(questions).toEqual(asked)
  expect(KEYS.filter((key) => existsSync(join(folder, `${key}.part`)))).toEqual(kept)
  expect(dropped).toEqual(kept.length > 0 ? [] : ['a 60', 'b 60', 'c 60'])
})
