/** Asks S3 what it knows about an object's bytes and holds the file against it. */
import { type Outcome, success } from '../../../shared/failure.ts'
import type { ObjectSource } from '../engine-ports.ts'
import { headPinned } from '../list/pinned-head.ts'
import { type Check, chooseCheck, partsToAskFor } from './choose-check.ts'
import type { RangeSum } from './range-sums.ts'
import type { Verifier } from './verifier.ts'
import type { Verified } from './verify-object.ts'

type Pinned = { key: string; size: number; etag: string }
type Asking = { source: Pick<ObjectSource, 'headObject'>; signal: AbortSignal }

/**
 * What the server promises about the bytes of the pinned object; failure `changed`
 * when it is another one now. Uploaders usually cut objects into equal parts, but
 * need not: `exact` requests every size instead of inferring them from the first.
 */
export async function askForCheck(
  object: Pinned,
  { source, signal }: Asking,
  parts: 'alike' | 'exact' = 'alike',
): Promise<Outcome<Check>> {
  const head = await headPinned(source, object, { checksums: true }, signal)
  if (!head.ok) return head
  const count = partsToAskFor(head.value)
  if (count === 0) return success(chooseCheck(head.value))
  if (parts === 'alike') {
    const first = await source.headObject(object.key, { partNumber: 1 }, signal)
    if (!first.ok) return success(chooseCheck(head.value))
    const check = chooseCheck(head.value, { firstSize: first.value.size })
    if (check.kind !== 'size') return success(check)
  }
  const sizes = await askPartSizes(object.key, count, { source, signal })
  return success(chooseCheck(head.value, sizes ? { sizes } : {}))
}

export type FileToCheck = Pinned & {
  path: string
  /** Where it is known already; otherwise HEADs are sent. */
  check?: Check | undefined
  /** Sums that were ordered for it. */
  received?: readonly RangeSum[] | undefined
}

export async function checkObject(
  object: FileToCheck,
  options: Asking & { verifier: Pick<Verifier, 'verify'> },
): Promise<Outcome<Verified>> {
  const { verifier, signal } = options
  const { path, size, received } = object
  const asked = object.check ? success(object.check) : await askForCheck(object, options)
  if (!asked.ok) return asked
  const check = asked.value
  const verified = await verifier.verify({ path, size, check, ...(received ? { received } : {}) }, signal)
  if (verified.ok || verified.failure.class !== 'corrupt') return verified
  // Before bytes are called wrong, what could be mistaken is excluded: sums taken while receiving, and part sizes
  // inferred from the first part.
  const exact = check.kind === 'composite' ? await askForCheck(object, options, 'exact') : asked
  if (!exact.ok) return exact
  if (exact.value.kind === 'size') return verified
  return verifier.verify({ path, size, check: exact.value }, signal)
}

/** Concurrent HEADs. */
const ASKED_AT_ONCE = 8

/** Undefined when one of them cannot be had. */
async function askPartSizes(key: string, count: number, { source, signal }: Asking): Promise<number[] | undefined> {
  const sizes: number[] = []
  while (sizes.length < count) {
    const numbers = Array.from(
      { length: Math.min(ASKED_AT_ONCE, count - sizes.length) },
      (_, at) => sizes.length + at + 1,
    )
    const heads = await Promise.all(numbers.map((partNumber) => source.headObject(key, { partNumber }, signal)))
    for (const head of heads) {
      if (!head.ok) return undefined
      sizes.push(head.value.size)
    }
  }
  return sizes
}
