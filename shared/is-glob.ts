/** Judges the patterns of the engine's filter: the command line and the form refuse what it could not mean. Pure. */
import picomatch from 'picomatch'

/**
 * False for a set or a list without its end, and a range that runs
 * backwards: these match themselves at most, which nobody means.
 */
export function isGlob(text: string): boolean {
  try {
    // So it throws where it would otherwise match nothing.
    picomatch.makeRe(text, { dot: true, debug: true })
    picomatch.makeRe(text, { dot: true, strictBrackets: true })
    return true
  } catch (error) {
    // Names of files do have a parenthesis alone.
    return /Missing (?:opening|closing: "\)")/.test((error as Error).message)
  }
}
