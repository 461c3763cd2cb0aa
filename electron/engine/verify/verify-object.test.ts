/** Sums taken while receiving and bytes read from the file, in every combination. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatChecksum, type SummedCheck } from './format-checksum.ts'
import { orderSums, type RangeSum } from './range-sums.ts'
import { loadChecksums, type StartChecksum } from './running-checksum.ts'
import { startRangeSums } from './sum-ranges.ts'
import { verifyObject } from './verify-object.ts'

const SIZE = 10_000
const content = randomBytes(SIZE)
let folder: string
let start: StartChecksum
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-verify-object-'))
  start = await loadChecksums()
})
afterAll(() => rmSync(folder, { recursive: true }))

type Algorithm = SummedCheck['algorithm']

function checkOf(algorithm: Algorithm, partBytes: number): SummedCheck {
  const cutEvery = partBytes || SIZE
  const sums = startRangeSums({ algorithm, cutEvery }, 0, start)
  sums.update(content)
  const parts = sums.finish()
  const known = { algorithm, encoding: 'base64' as const, expected: '' }
  const check: SummedCheck = partBytes
    ? { kind: 'composite', ...known, partSizes: parts.map((part) => part.end - part.start) }
    : { kind: 'whole', ...known }
  const digests = parts.map(({ digest }) => digest)
  return { ...check, expected: formatChecksum(check, digests, start(algorithm)) }
}

/** As a worker sums what it writes: in pieces of any size. */
function sumOf(check: SummedCheck, from: number, to: number, bytes = content): RangeSum[] {
  const sums = startRangeSums(orderSums(check) ?? { algorithm: check.algorithm, cutEvery: 0 }, from, start)
  for (let at = from; at < to; at += 777) sums.update(bytes.subarray(at, Math.min(to, at + 777)))
  return sums.finish()
}

let files = 0
async function verify(bytes: Buffer, check: SummedCheck, received: RangeSum[]): Promise<'right' | 'corrupt'> {
  const path = join(folder, String(++files % 2))
  writeFileSync(path, bytes)
  const outcome = await verifyObject({ path, size: SIZE, check, received })
  if (!outcome.ok) expect(outcome.failure).toMatchObject({ class: 'corrupt', code: check.algorithm })
  return outcome.ok ? 'right' : 'corrupt'
}

const CRCS = ['CRC32', 'CRC32C', 'CRC64NVME'] as const
const anyCheck = fc
  .tuple(fc.constantFrom<Algorithm>(...CRCS, 'SHA256', 'MD5'), fc.constantFrom(0, 10_000, 4000, 2500, 999))
  .map(([algorithm, partBytes]) => ({ algorithm, partBytes }))

/** Ranges as they may come: from anywhere to anywhere, some twice, some overlapping, some missing. */
const anyRanges = fc.array(
  fc.tuple(fc.nat(SIZE), fc.nat(SIZE)).map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const),
  { maxLength: 8 },
)

/** Ranges that cover the object once, as without overlapping hand-overs. */
const anyCuts = fc
  .uniqueArray(fc.integer({ min: 1, max: SIZE - 1 }), { maxLength: 8 })
  .map((cuts) => [0, ...cuts.sort((one, other) => one - other), SIZE])

test('right bytes are right, whatever was summed on the way', async () => {
  await fc.assert(
    fc.asyncProperty(anyCheck, anyRanges, async ({ algorithm, partBytes }, ranges) => {
      const check = checkOf(algorithm, partBytes)
      const received = ranges.flatMap(([from, to]) => sumOf(check, from, to))
      expect(await verify(content, check, received)).toBe('right')
    }),
  )
})

test('a byte flipped on the way, or in the file where nothing was summed, is found', async () => {
  const at = fc.nat(SIZE - 1)
  await fc.assert(
    fc.asyncProperty(anyCheck, anyRanges, at, async ({ algorithm, partBytes }, ranges, flipped) => {
      const check = checkOf(algorithm, partBytes)
      const wrong = Buffer.from(content)
      wrong[flipped] = (wrong[flipped] as number) ^ 1
      const received = ranges.flatMap(([from, to]) => sumOf(check, from, to, wrong))
      expect(await verify(wrong, check, received)).toBe('corrupt')
    }),
  )
})

test('bytes two connections have written are believed to neither: what the file holds decides', async () => {
  await fc.assert(
    fc.asyncProperty(anyCuts, fc.nat(SIZE - 1), async (cuts, flipped) => {
      const check = checkOf('CRC64NVME', 0)
      const wrong = Buffer.from(content)
      wrong[flipped] = (wrong[flipped] as number) ^ 1
      // All sums are right; then a connection that went on too long overwrote bytes with wrong ones.
      const received = cuts.slice(1).flatMap((end, at) => sumOf(check, cuts[at] as number, end))
      const late = sumOf(check, flipped, flipped + 1, wrong)
      expect(await verify(wrong, check, [...received, ...late])).toBe('corrupt')
    }),
  )
})

test.each(CRCS)('%s: what was summed is not read again', async (algorithm) => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(0, 2500, 999), anyCuts, async (partBytes, cuts) => {
      const check = checkOf(algorithm, partBytes)
      const received = cuts.slice(1).flatMap((end, at) => sumOf(check, cuts[at] as number, end))
      // Wrong on purpose: the test passes only if these bytes are not read.
      expect(await verify(Buffer.alloc(SIZE), check, received)).toBe('right')
    }),
    { numRuns: 20 },
  )
})

test('a hash that cannot be put together: parts that came in one piece are not read again', async () => {
  const check = checkOf('MD5', 2500)
  const received = [...sumOf(check, 0, 5000), ...sumOf(check, 5000, 6000), ...sumOf(check, 6000, 10_000)]
  const onlyTheSplitPart = Buffer.alloc(SIZE)
  content.copy(onlyTheSplitPart, 5000, 5000, 7500)
  expect(await verify(onlyTheSplitPart, check, received)).toBe('right')
})
