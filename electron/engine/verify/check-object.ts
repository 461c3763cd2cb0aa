/** Asks S3 what it knows about an object's bytes and holds the file against it, as far as the mode wants. */
import { type Outcome, success } from '../../../shared/failure.ts'
import type { VerifyMode } from '../../../shared/job-spec.ts'
import type { ObjectSource } from '../engine-ports.ts'
import { chooseCheck, needsPartSizes } from './choose-check.ts'
import type { Verifier } from './verifier.ts'

export async function checkObject(
  object: { key: string; size: number; etag: string; path: string },
  options: {
    mode: VerifyMode
    source: Pick<ObjectSource, 'headObject'>
    verifier: Pick<Verifier, 'verify'>
    signal: AbortSignal
  },
): Promise<Outcome<void>> {
  const { mode, source, verifier, signal } = options
  // Size and pinned ETag are held by the transport, range by range.
  if (mode === 'off' || mode === 'etag') return success(undefined)
  const head = await source.headObject(object.key, { checksums: true }, signal)
  if (!head.ok) return head
  if (head.value.etag !== object.etag) {
    return { ok: false, failure: { class: 'changed', code: 'etag-differs', subject: object.key } }
  }
  let firstSize: number | undefined
  if (needsPartSizes(mode, head.value)) {
    const part = await source.headObject(object.key, { partNumber: 1 }, signal)
    if (part.ok) firstSize = part.value.size
  }
  const check = chooseCheck(mode, head.value, firstSize === undefined ? {} : { firstSize })
  if (check.kind === 'none') return success(undefined)
  const verified = await verifier.verify({ path: object.path, size: object.size, check }, signal)
  if (verified.ok) return success(undefined)
  if (check.kind !== 'composite' || verified.failure.class !== 'corrupt') return verified
  // Uploaders cut objects into equal parts, but nobody has to: before bytes are called wrong all sizes are asked for.
  const sizes = await askPartSizes(object.key, check.partSizes.length, options)
  const exact = sizes ? chooseCheck(mode, head.value, { sizes }) : check
  if (exact.kind !== 'composite' || exact.partSizes.every((size, part) => size === check.partSizes[part]))
    return verified
  const again = await verifier.verify({ path: object.path, size: object.size, check: exact }, signal)
  return again.ok ? success(undefined) : again
}

/** HEADs under way at a time. */
const ASKED_AT_ONCE = 8

/** Undefined when one of them cannot be had. */
async function askPartSizes(
  key: string,
  count: number,
  { source, signal }: { source: Pick<ObjectSource, 'headObject'>; signal: AbortSignal },
): Promise<number[] | undefined> {
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
