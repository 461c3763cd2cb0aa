/** What Windows can hold as the name of a file or a folder, and still open. Pure. */

/**
 * Learn.microsoft.com, "Naming Files, Paths, and Namespaces"; superscript digits count, whatever follows a dot too.
 * Spaces around the name are no part of it to those who trim.
 */
const DEVICES = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])$/i

export function isDeviceName(segment: string): boolean {
  const dot = segment.indexOf('.')
  return DEVICES.test((dot < 0 ? segment : segment.slice(0, dot)).trim())
}

const ROOT = /^(?:\\\\[?.]\\)?(?:[a-z]:)?/i
/** `.` and `..` are no names. */
const isOdd = (name: string): boolean =>
  name !== '.' && name !== '..' && (isDeviceName(name) || /[. ]$|[<>:"|?*]/.test(name))

/**
 * The first name on a path that Windows has for a device or cuts short: the folder would be made elsewhere, or under a
 * name that Explorer can neither open nor delete. Undefined where there is none.
 */
export const findOddName = (path: string): string | undefined => path.replace(ROOT, '').split(/[\\/]/).find(isOdd)
