/**
 * Ends the process at once with this code, whatever its exit
 * listeners do: a log that is not open yet throws in its own.
 */
export function exitNow(code: number): never {
  try {
    return process.exit(code)
  } catch {
    // Listeners run only once: this call goes through.
    return process.exit(code)
  }
}
