/** What one run writes and the next one knows. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Journal, openJournal } from './journal.ts'
import type { ProgressRecord } from './record.ts'
import { BOOT, IDENTITY, landed, pinned, prepareJournal, ranges, restarted } from './testing/scratch-journal.ts'

const { folder, file, options, session, claims } = prepareJournal()

test('what must be on disk before its records is, and what comes meanwhile waits for the next write', async () => {
  const seen: string[] = []
  let journal: Journal | undefined
  const beforeWrite = async () => {
    seen.push(readFileSync(file(), 'utf8'))
    journal?.append(landed('later'))
  }
  const opened = await openJournal({ ...options(), beforeWrite })
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure))
  journal = opened.value
  journal.append(landed('a'))
  await journal.flush()
  expect(seen.at(-1)).not.toContain('"a"')
  expect(readFileSync(file(), 'utf8')).toContain('"a"')
  expect(readFileSync(file(), 'utf8')).not.toContain('"later"')
  await journal.close()
})

describe('what one run wrote, the next one knows', () => {
  test('a landed object, by key, etag and size', async () => {
    await session((journal) => journal.append(landed('a')))
    const { replay, repair } = await claims()
    expect(replay.isLanded({ key: 'a', etag: 'e1', size: 10 })).toBe(true)
    expect(replay.isLanded({ key: 'a', etag: 'e2', size: 10 })).toBe(false)
    expect(replay.isLanded({ key: 'a', etag: 'e1', size: 11 })).toBe(false)
    expect(replay.isLanded({ key: 'b', etag: 'e1', size: 10 })).toBe(false)
    expect(repair).toBeUndefined()
  })

  test.each<[string, ProgressRecord[], [number, number][] | undefined]>([
    [
      'ranges add up',
      [
        pinned('a'),
        ranges('a', [[0, 10]]),
        ranges('a', [
          [10, 20],
          [50, 60],
        ]),
      ],
      [
        [0, 20],
        [50, 60],
      ],
    ],
    ['ranges without a pin mean nothing', [ranges('a', [[0, 10]])], undefined],
    [
      'ranges of another version end the claim',
      [pinned('a'), ranges('a', [[0, 10]]), ranges('a', [[20, 30]], 'e2')],
      undefined,
    ],
    ['the same pin again keeps them', [pinned('a'), ranges('a', [[0, 10]]), pinned('a')], [[0, 10]]],
    ['another pin forgets them', [pinned('a'), ranges('a', [[0, 10]]), pinned('a', 'e2')], []],
    ['a restart forgets all', [pinned('a'), ranges('a', [[0, 10]]), restarted('a')], undefined],
    ['landing ends the progress', [pinned('a'), ranges('a', [[0, 100]]), landed('a', 'e1', 100)], undefined],
    ['ranges end with the object', [pinned('a'), ranges('a', [[90, 400]])], [[90, 100]]],
  ])('%s', async (_, records, spans) => {
    await session((journal) => void records.map((record) => journal.append(record)))
    expect((await claims()).replay.progressOf('a')?.spans).toEqual(spans)
  })

  test.each<[string, ProgressRecord[], boolean]>([
    ['restarted after landing', [landed('a'), restarted('a')], false],
    ['pinned anew after landing', [landed('a'), pinned('a')], false],
    ['landed twice', [landed('a'), landed('a')], true],
    ['a newer version landed', [landed('a'), landed('a', 'e2')], false],
  ])('landed? %s', async (_, records, expected) => {
    await session((journal) => void records.map((record) => journal.append(record)))
    expect((await claims()).replay.isLanded({ key: 'a', etag: 'e1', size: 10 })).toBe(expected)
  })

  test('keys of any letters', async () => {
    const keys = ['a"b\\c', 'new\nline', '数据', '\u{1f600}', 'x'.repeat(1024), '\ud800']
    await session((journal) => void keys.map((key) => journal.append(landed(key))))
    const { replay } = await claims()
    for (const key of keys) expect(replay.isLanded({ key, etag: 'e1', size: 10 })).toBe(true)
  })

  test('another source in the same folder is kept and not mixed up', async () => {
    const other = { ...IDENTITY, bucket: 'other' }
    await session((journal) => journal.append(landed('a')))
    await session((journal) => journal.append(landed('b')), BOOT, other)
    expect((await claims()).replay.isLanded({ key: 'b', etag: 'e1', size: 10 })).toBe(false)
    expect((await claims()).replay.isLanded({ key: 'a', etag: 'e1', size: 10 })).toBe(true)
    expect((await claims(BOOT, other)).replay.isLanded({ key: 'b', etag: 'e1', size: 10 })).toBe(true)
  })

  test.each<[string, Partial<typeof IDENTITY>, string, boolean]>([
    ['another service has fetched another object of that key', { endpoint: 'https://s3.example' }, 'e2', false],
    ['another service has fetched the same', { endpoint: 'https://s3.example' }, 'e1', true],
    ['another bucket, whose keys have other files', { bucket: 'other' }, 'e2', true],
    ['below another folder, where the key has another file', { prefix: 'folder/' }, 'e2', true],
  ])('what is believed of a folder where %s', async (_name, changes, etag, isBelieved) => {
    const other = { ...IDENTITY, ...changes }
    await session((journal) => {
      journal.append(landed('a'))
      journal.append(pinned('big', 'e1', 1e9))
      journal.append(ranges('big', [[0, 1000]]))
    })
    await session(
      (journal) => {
        journal.append(landed('a', etag))
        journal.append(pinned('big', etag, 1e9))
      },
      BOOT,
      other,
    )
    const { replay } = await claims()
    expect(replay.isLanded({ key: 'a', etag: 'e1', size: 10 })).toBe(isBelieved)
    expect(replay.progressOf('big')?.spans.length ?? 0).toBe(isBelieved ? 1 : 0)
  })

  test.each([
    ['with a slash at its end', 'https://s3.example', 'https://s3.example/', true],
    ['in capitals', 'https://s3.example/base', 'HTTPS://S3.Example/base', true],
    ['with the port that goes without saying', 'https://s3.example', 'https://s3.example:443', true],
    ['without TLS', 'https://s3.example', 'http://s3.example', true],
    ['by a name of AWS, which has no other bucket of that name', '', 'https://s3.us-west-2.amazonaws.com', true],
    ['of this machine, by name and by address', 'http://localhost:9000', 'http://127.0.0.1:9000', true],
    ['at another port', 'https://s3.example', 'https://s3.example:9000', false],
    ['below another path', 'https://s3.example/base', 'https://s3.example/Base', false],
    ['at another host', '', 'https://s3.example', false],
  ])('a service %s is the same, or is not', async (_name, before, now, isSame) => {
    await session((journal) => journal.append(landed('a')), BOOT, { ...IDENTITY, endpoint: before })
    const { replay } = await claims(BOOT, { ...IDENTITY, endpoint: now })
    expect(replay.isLanded({ key: 'a', etag: 'e1', size: 10 })).toBe(isSame)
  })
})

test('a rewrite that was cut off does no harm', async () => {
  await session((journal) => journal.append(landed('a')))
  writeFileSync(`${file()}.new`, 'half a rewr')
  expect((await claims()).replay.landedCount).toBe(1)
  expect(readdirSync(folder())).toEqual(['journal'])
})

test('mostly dead records are left out at the next start', async () => {
  await session((journal) => {
    journal.append(pinned('big', 'e1', 1e9))
    for (let at = 0; at < 30_000; at++) journal.append(ranges('big', [[at * 10, at * 10 + 10]]))
    journal.append(landed('big', 'e1', 1e9))
  })
  const before = readFileSync(file()).length
  const { replay, repair } = await claims()
  expect(replay.landedCount).toBe(1)
  expect(repair).toBeUndefined()
  expect(readFileSync(file()).length).toBeLessThan(before / 100)
  expect((await claims()).replay.landedCount).toBe(1)
})

test.skipIf(process.platform === 'win32')('kill -9: everything older than the writing interval is known', async () => {
  const script = `
    import { openJournal } from ${JSON.stringify(join(import.meta.dirname, 'journal.ts'))}
    const clock = { now: Date.now, monotonic: () => performance.now(), after: (ms, run) => { const t = setTimeout(run, ms); return () => clearTimeout(t) } }
    const opened = await openJournal({ folder: ${JSON.stringify(folder())}, identity: ${JSON.stringify(IDENTITY)}, bootId: '${BOOT}', clock, random: Math.random, writeEveryMs: 20 })
    let number = 0
    for (;;) {
      for (let burst = 0; burst < 200; burst++) opened.value.append({ kind: 'landed', key: 'k' + number++, etag: 'e1', size: 10 })
      const reached = number
      await new Promise((resolve) => setTimeout(resolve, 5))
      if (number % 1000 === 0) { await opened.value.flush(); process.stdout.write(reached + '\\n') }
    }`
  for (let round = 0; round < 4; round++) {
    rmSync(file(), { force: true })
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let reported = 0
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (data: Buffer) => {
        reported = Number(data.toString().trim().split('\n').at(-1))
        if (reported >= 2000 + round * 700) resolve()
      })
    })
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exited
    const { replay, repair } = await claims()
    expect(replay.landedCount).toBeGreaterThanOrEqual(reported)
    for (let number = 0; number < reported; number++) {
      expect(replay.isLanded({ key: `k${number}`, etag: 'e1', size: 10 })).toBe(true)
    }
    expect(repair?.damagedLines ?? 0).toBe(0)
  }
})
