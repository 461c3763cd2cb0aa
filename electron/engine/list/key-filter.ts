/** Which keys of a listing are fetched: one rule for the download, its dry run and the preview of the form. */
import { createGlobFilter } from './glob-filter.ts'
import { keyBelowPrefix } from './key-below-prefix.ts'

export type KeyVerdict =
  | 'wanted'
  /** The globs leave it out. */
  | 'excluded'
  /** The prefix is one whole key, and this is another one that begins alike. */
  | 'beyond'

/** To be called once for each key, in the order of the listing. */
export function createKeyFilter(prefix: string, globs: { include: string[]; exclude: string[] }) {
  const isIncluded = createGlobFilter(globs.include, globs.exclude)
  let seen = 0
  let isWholeKey = false

  return {
    judge(key: string): KeyVerdict {
      // The shortest key comes first: a prefix that is one whole key means that object alone, whatever the globs are.
      if (seen++ === 0) isWholeKey = key === prefix && !prefix.endsWith('/')
      if (isWholeKey) return key === prefix ? 'wanted' : 'beyond'
      return isIncluded(keyBelowPrefix(key, prefix)) ? 'wanted' : 'excluded'
    },
    /** How many keys it was called for. */
    seen: () => seen,
    isWholeKey: () => isWholeKey,
  }
}
