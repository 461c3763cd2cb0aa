import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Check } from './choose-check.ts'
import { type ChecksumAlgorithm, loadChecksums } from './running-checksum.ts'
import { createVerifier, type Verifier } from './verifier.ts'

const content = randomBytes(2_500_000)
const PARTS = [1_048_576, 1_048_576, 402_848]
let folder = ''
let file = ''
let verifier: Verifier
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-verify-'))
  file = join(folder, 'object')
  writeFileSync(file, content)
  verifier = createVerifier({ workerUrl: new URL('./verify-worker.ts', import.meta.url) })
})
afterAll(async () => {
  await verifier.close()
  rmSync(folder, { recursive: true, force: true })
})

async function digest(algorithm: ChecksumAlgorithm, bytes: Uint8Array): Promise<Buffer> {
  const checksum = (await loadChecksums())(algorithm)
  checksum.update(bytes)
  return checksum.finish()
}
async function composite(algorithm: ChecksumAlgorithm): Promise<Buffer> {
  let offset = 0
  const digests: Buffer[] = []
  for (const size of PARTS) {
    digests.push(await digest(algorithm, content.subarray(offset, offset + size)))
    offset += size
  }
  return digest(algorithm, Buffer.concat(digests))
}
const big = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

const ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256', 'MD5'] as const

describe.each(ALGORITHMS)('%s', (algorithm) => {
  const encoding = algorithm === 'MD5' ? 'hex' : 'base64'
  const checks: [string, () => Promise<Check>][] = [
    [
      'whole',
      async () => ({
        kind: 'whole',
        algorithm,
        encoding,
        expected: (await digest(algorithm, content)).toString(encoding),
      }),
    ],
    [
      'composite',
      async () => ({
        kind: 'composite',
        algorithm,
        encoding,
        partSizes: PARTS,
        expected: `${(await composite(algorithm)).toString(encoding)}-3`,
      }),
    ],
  ]
  test.each(checks)('%s: right bytes pass, one flipped bit anywhere does not', async (kind, makeCheck) => {
    const check = await makeCheck()
    expect(await verifier.verify({ path: file, size: content.length, check })).toEqual({
      ok: true,
      value: { strength: 'checksum', algorithm, composite: kind === 'composite' },
    })
    for (const at of [0, 1_048_575, 1_048_576, content.length - 1]) {
      const wrong = Buffer.from(content)
      wrong[at] = (wrong[at] ?? 0) ^ 1
      const path = join(folder, 'wrong')
      writeFileSync(path, wrong)
      const outcome = await verifier.verify({ path, size: content.length, check })
      expect(outcome).toMatchObject({ ok: false, failure: { class: 'corrupt', code: algorithm, subject: path } })
    }
  })
})

test('what independent code computes is what passes', async () => {
  const md5: Check = {
    kind: 'whole',
    algorithm: 'MD5',
    encoding: 'hex',
    expected: createHash('md5').update(content).digest('hex'),
  }
  const crc: Check = {
    kind: 'whole',
    algorithm: 'CRC32',
    encoding: 'base64',
    expected: big(crc32(content)).toString('base64'),
  }
  for (const check of [md5, crc]) {
    expect(await verifier.verify({ path: file, size: content.length, check })).toMatchObject({ ok: true })
  }
})

test('the size alone', async () => {
  const path = join(folder, 'short')
  writeFileSync(path, content)
  const request = { path, size: content.length, check: { kind: 'size' } as const }
  expect(await verifier.verify(request)).toEqual({ ok: true, value: { strength: 'size' } })
  truncateSync(path, content.length - 1)
  expect(await verifier.verify(request)).toMatchObject({
    ok: false,
    failure: { class: 'corrupt', code: 'SIZE', detail: 'expected 2500000, found 2499999' },
  })
})

test('an empty object', async () => {
  const path = join(folder, 'empty')
  writeFileSync(path, '')
  const check: Check = {
    kind: 'whole',
    algorithm: 'MD5',
    encoding: 'hex',
    expected: 'd41d8cd98f00b204e9800998ecf8427e',
  }
  expect(await verifier.verify({ path, size: 0, check })).toMatchObject({ ok: true })
})

test('a missing file and a link in its place are named failures', async () => {
  const check = { kind: 'size' } as const
  expect(await verifier.verify({ path: join(folder, 'missing'), size: 1, check })).toMatchObject({
    ok: false,
    failure: { class: 'disk', code: 'ENOENT' },
  })
  symlinkSync(file, join(folder, 'link'))
  expect(await verifier.verify({ path: join(folder, 'link'), size: content.length, check })).toMatchObject({
    ok: false,
    failure: { class: 'unsafe-path' },
  })
})

test('cancelled: answered at once, the next file is served all the same', async () => {
  const stop = new AbortController()
  const request = { path: file, size: content.length, check: { kind: 'size' } as const }
  const answer = verifier.verify(request, stop.signal)
  stop.abort()
  expect(await answer).toMatchObject({ ok: false, failure: { class: 'cancelled' } })
  expect(await verifier.verify(request)).toMatchObject({ ok: true })
})

test('a worker that cannot start is a failure, not a hang', async () => {
  const broken = createVerifier({ workerUrl: new URL('./no-such-worker.ts', import.meta.url) })
  const request = { path: file, size: content.length, check: { kind: 'size' } as const }
  expect(await broken.verify(request)).toMatchObject({ ok: false, failure: { class: 'disk', code: 'VERIFY_WORKER' } })
  await broken.close()
})

describe('a look at many files', () => {
  test('tells size and time of plain files, and of nothing else', async () => {
    const at = (name: string) => join(folder, name)
    writeFileSync(at('seen'), 'four')
    utimesSync(at('seen'), 1_760_000_000, 1_760_000_000)
    symlinkSync(at('seen'), at('a-link'))
    const facts = await verifier.inspect([at('seen'), at('missing'), folder, at('a-link'), at('seen/below'), file])
    const sizes = [...(facts ?? [])].filter((_, index) => index % 2 === 0)
    expect(sizes).toEqual([4, -1, -1, -1, -1, content.length])
    expect(facts?.[1]).toBe(1_760_000_000_000)
  })

  test('is not to be had of a verifier that is closed, and whoever waits is told', async () => {
    const closing = createVerifier({ workerUrl: new URL('./verify-worker.ts', import.meta.url) })
    const asked = closing.inspect([file])
    await closing.close()
    expect(await asked).toBeUndefined()
    expect(await closing.inspect([file])).toBeUndefined()
  })
})
