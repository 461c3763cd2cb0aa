/**
 * The checksum of an object as S3 writes it, from the digests of its parts; an object in one piece is one part. Pure.
 */
import type { Check } from './choose-check.ts'
import type { RunningChecksum } from './running-checksum.ts'

export type SummedCheck = Exclude<Check, { kind: 'size' }>

/** `checksum`: of the check's algorithm, fresh. */
export function formatChecksum(check: SummedCheck, digests: readonly Uint8Array[], checksum: RunningChecksum): string {
  const all = Buffer.concat(digests)
  if (check.kind === 'whole') return all.toString(check.encoding)
  checksum.update(all)
  return `${checksum.finish().toString(check.encoding)}-${check.partSizes.length}`
}
