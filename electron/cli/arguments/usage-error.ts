/** A mistake in what the user gave: one sentence that names the flag and echoes the value. Ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** `--threads: "many" is not ...`. Control characters of the value do not reach the terminal. */
export function refuseValue(origin: string, value: string, why: string): never {
  throw new UsageError(`${origin}: ${JSON.stringify(value)} ${why}`)
}
