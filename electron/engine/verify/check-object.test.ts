/** Multipart objects as uploaders may cut them, held against a real file by the real verifier. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import type { ObjectHead } from '../engine-ports.ts'
import { checkObject } from './check-object.ts'
import { createVerifier, type Verifier } from './verifier.ts'

const PROVEN = success({ strength: 'checksum', algorithm: 'MD5', composite: true })
const content = randomBytes(27_000)
let folder = ''
let verifier: Verifier
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-check-'))
  verifier = createVerifier({ workerUrl: new URL('./verify-worker.ts', import.meta.url) })
})
afterAll(async () => {
  await verifier.close()
  rmSync(folder, { recursive: true, force: true })
})

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest()

function multipartEtag(partSizes: readonly number[]): string {
  const startOf = (part: number) => partSizes.slice(0, part).reduce((sum, size) => sum + size, 0)
  const digests = partSizes.map((_, part) => md5(content.subarray(startOf(part), startOf(part + 1))))
  return `${md5(Buffer.concat(digests)).toString('hex')}-${partSizes.length}`
}

/** The outcome, and how many HEADs it took. */
async function check(partSizes: readonly number[], options: { flipAt?: number; tellsParts?: boolean } = {}) {
  const bytes = Buffer.from(content)
  if (options.flipAt !== undefined) bytes[options.flipAt] = (bytes[options.flipAt] as number) ^ 1
  const path = join(folder, 'object')
  writeFileSync(path, bytes)
  const etag = multipartEtag(partSizes)
  const head = { etag, lastModified: 0, checksums: {}, checksumType: '' as const, partCount: 1 }
  let asked = 0
  const source = {
    async headObject(_key: string, { partNumber }: { partNumber?: number }): Promise<Outcome<ObjectHead>> {
      asked++
      const size = partNumber === undefined ? content.length : partSizes[partNumber - 1]
      const isTold = partNumber === undefined || partNumber === 1 || options.tellsParts !== false
      return size !== undefined && isTold ? success({ ...head, size }) : failed({ class: 'missing' })
    },
  }
  const signal = new AbortController().signal
  const object = { key: 'k', size: content.length, etag, path }
  return { outcome: await checkObject(object, { source, verifier, signal }), asked }
}

describe('a multipart object under --verify checksum', () => {
  it('of equal parts takes two HEADs', async () => {
    expect(await check([10_000, 10_000, 7000])).toEqual({ outcome: PROVEN, asked: 2 })
  })

  it.each([
    ['parts that only look equal from the first one', [10_000, 9000, 8000]],
    ['a small part in the middle', [10_000, 1000, 16_000]],
    ['a first part that would give another number of parts', [1000, 13_000, 13_000]],
    ['nine parts, more than are asked for at once', [3000, 2000, 4000, 3000, 3000, 3000, 3000, 3000, 3000]],
  ])('good bytes are good: %s', async (_name, partSizes) => {
    // All sizes are requested once the first check failed, or where part 1 is inconclusive.
    const { outcome, asked } = await check(partSizes)
    expect(outcome).toEqual(PROVEN)
    expect(asked).toBeGreaterThan(partSizes.length)
  })

  it.each([
    ['equal parts', [10_000, 10_000, 7000]],
    ['unequal parts', [10_000, 9000, 8000]],
  ])('a flipped byte is found: %s', async (_name, partSizes) => {
    for (const flipAt of [0, 9999, 10_000, 19_500, 26_999]) {
      expect((await check(partSizes, { flipAt })).outcome).toMatchObject({ ok: false, failure: { class: 'corrupt' } })
    }
  })

  it('what stays in doubt because the server tells no further part is not taken for right', async () => {
    const { outcome } = await check([10_000, 9000, 8000], { tellsParts: false })
    expect(outcome).toMatchObject({ ok: false, failure: { class: 'corrupt' } })
  })
})
