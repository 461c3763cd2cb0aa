/** Asks S3 what it knows about an object's bytes and holds the file against it, as far as the mode wants. */
import { type Outcome, success } from '../../../shared/failure.ts'
import type { VerifyMode } from '../../../shared/job-spec.ts'
import type { ObjectSource } from '../engine-ports.ts'
import { chooseCheck, needsPartSizes } from './choose-check.ts'
import type { Verifier } from './verifier.ts'

export async function checkObject(
  object: { key: string; size: number; etag: string; path: string },
  {
    mode,
    source,
    verifier,
    signal,
  }: { mode: VerifyMode; source: ObjectSource; verifier: Verifier; signal: AbortSignal },
): Promise<Outcome<void>> {
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
  return verified.ok ? success(undefined) : verified
}
