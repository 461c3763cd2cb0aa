/**
 * Looks at many files at once. Blocks its thread, so it is the
 * verify worker's: one call for all is a tenth of the work.
 */
import { lstatSync } from 'node:fs'

/**
 * Of each path its size and its time in Unix milliseconds, one after the other; size -1 when no plain file is there.
 */
export type FileFacts = Float64Array

export function inspectFiles(paths: readonly string[]): FileFacts {
  const facts = new Float64Array(2 * paths.length)
  for (const [index, path] of paths.entries()) {
    const found = lookAt(path)
    facts[2 * index] = found?.isFile() ? found.size : -1
    facts[2 * index + 1] = found?.mtimeMs ?? 0
  }
  return facts
}

function lookAt(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch {
    // A folder on the way is a file, or may not be entered: nothing of ours is there.
    return undefined
  }
}
