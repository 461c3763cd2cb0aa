/**
 * Whether ETags of this service that look like MD5s are MD5s. On S3 they are, unless the object
 * is encrypted with a key of KMS or of the customer; other services may use anything ("The ETag
 * may or may not be an MD5 digest of the object data", S3's API reference, "Object"). Files that
 * have landed show it: they were received completely and have ETags of the same kind.
 */
import type { Outcome } from '../../../shared/failure.ts'
import type { FileToCheck } from './check-object.ts'
import type { Check } from './choose-check.ts'

export type Witness = { key: string; size: number; etag: string; path: string }

/** One file that differs may have been damaged since. */
const ENOUGH = 2

/**
 * True when one is the MD5 of its file, false when none of those checked is, undefined when none could be checked.
 * Checked in order; each costs a HEAD and reading its file.
 */
export async function areEtagsSums(
  witnesses: Iterable<Witness>,
  ask: {
    askForCheck(object: Witness): Promise<Outcome<Check>>
    checkObject(file: FileToCheck): Promise<Outcome<unknown>>
  },
): Promise<boolean | undefined> {
  let differing = 0
  for (const witness of witnesses) {
    const check = await ask.askForCheck(witness)
    if (!check.ok || check.value.kind === 'size' || check.value.algorithm !== 'MD5') continue
    const checked = await ask.checkObject({ ...witness, check: check.value })
    if (checked.ok) return true
    if (checked.failure.class === 'corrupt') differing++
    if (differing === ENOUGH) break
  }
  return differing > 0 ? false : undefined
}
