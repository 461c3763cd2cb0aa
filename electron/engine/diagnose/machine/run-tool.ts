/**
 * Runs a tool of the operating system. Resolves to its output, or to
 * undefined when it is missing, cannot be started, fails or times out.
 */
import { execFile } from 'node:child_process'

/** PowerShell alone takes two seconds to start. */
const TIMEOUT_MS = 5000

export function runTool(program: string, args: string[], signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { timeout: TIMEOUT_MS, maxBuffer: 8 * 1024 ** 2, windowsHide: true, signal }
    try {
      execFile(program, args, options, (error, stdout) => resolve(error && !stdout ? undefined : stdout))
    } catch {
      // Some errors are thrown synchronously, ENOMEM for instance.
      resolve(undefined)
    }
  })
}
