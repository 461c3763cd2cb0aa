/**
 * An object lands at its key below the last `/` of the prefix (DESIGN 3): `a/b/c` downloaded with prefix `a/b/` or
 * `a/b/c` lands at `c`, with prefix `a/b` at `b/c`.
 */
export const prefixFolder = (prefix: string): string => prefix.slice(0, prefix.lastIndexOf('/') + 1)

export const keyBelowPrefix = (key: string, prefix: string): string => key.slice(prefixFolder(prefix).length)

/** The sub-prefix an object belongs to: S3 counts requests per prefix, and so do our budgets. */
export const subPrefixOf = (key: string): string => key.slice(0, key.lastIndexOf('/') + 1)
