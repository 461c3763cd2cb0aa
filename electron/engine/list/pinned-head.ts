import { failed, type Outcome } from '../../../shared/failure.ts'
import type { ObjectHead, ObjectSource } from '../engine-ports.ts'
import { isOtherTime, isSameEtag } from '../transport/judge-response.ts'

/** So many answers in a row with another ETag are no chance: with two copies, one in 64. */
const MOST_REQUESTS = 6

/**
 * HEAD of an object as it was pinned; failure `changed` when it is another one now. Behind one address there may be
 * copies with ETags of their own, so one answer with another ETag proves nothing; another size does. Without an ETag
 * its time tells.
 */
export async function headPinned(
  source: Pick<ObjectSource, 'headObject'>,
  { key, size, etag, lastModified = 0 }: { key: string; size: number; etag: string; lastModified?: number },
  options: { checksums?: boolean },
  signal: AbortSignal,
): Promise<Outcome<ObjectHead>> {
  for (let requests = 1; ; requests++) {
    const head = await source.headObject(key, { ...options, etag }, signal)
    if (!head.ok) return head
    const isSameSize = head.value.size === size
    const isSame = etag ? isSameEtag(head.value.etag, etag) : !isOtherTime(lastModified, head.value.lastModified)
    if (isSameSize && isSame) return head
    if (!isSameSize || requests === MOST_REQUESTS)
      return failed({ class: 'changed', code: 'etag-differs', subject: key })
  }
}
