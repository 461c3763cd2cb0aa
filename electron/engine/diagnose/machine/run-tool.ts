/**
 * Runs one of the system's own tools; what it prints, or undefined
 * when it is missing, cannot be started, fails or takes too long.
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
      // Some errors of the system are thrown at once: no memory for another process is one.
      resolve(undefined)
    }
  })
}
