/** Include and exclude globs on the key below the prefix. */
import picomatch from 'picomatch'

/**
 * True for keys to fetch: matched by any `include` (or there is none) and by no `exclude`.
 * A pattern without `/` matches the last segment at any depth, as in `.gitignore`.
 */
export function createGlobFilter(include: string[], exclude: string[]): (keyBelowPrefix: string) => boolean {
  const isIncluded = include.length === 0 ? () => true : matchAny(include)
  const isExcluded = exclude.length === 0 ? () => false : matchAny(exclude)
  return (key) => isIncluded(key) && !isExcluded(key)
}

function matchAny(globs: string[]): (key: string) => boolean {
  const matchers = globs.map((glob) => {
    const byName = !glob.includes('/')
    const matches = picomatch(glob, { dot: true })
    return (key: string) => matches(byName ? key.slice(key.lastIndexOf('/') + 1) : key)
  })
  return (key) => matchers.some((matches) => matches(key))
}
