/**
 * Ends the process at once with this code, even if an `exit`
 * listener throws, as that of a log that is not open yet does.
 */
export function exitNow(code: number): never {
  try {
    return process.exit(code)
  } catch {
    // Listeners run only once: this call goes through.
    return process.exit(code)
  }
}
