/** Whether a file may be an object, by its size and time. Loads nothing: workers need it. Pure. */

/** File systems keep times to the second, or to two. */
const TIME_TOLERANCE_MS = 2000

/** Unix milliseconds; an object's 0 = unknown: then the file has that of its landing. */
type Facts = { size: number; lastModified: number }

export const isLookAlike = (file: Facts, object: Facts): boolean =>
  file.size === object.size &&
  (object.lastModified === 0 || Math.abs(file.lastModified - object.lastModified) < TIME_TOLERANCE_MS)
