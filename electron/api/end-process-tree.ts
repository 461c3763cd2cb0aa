/**
 * Ends a process of ours with all that it has started. No process group of its own: one that asks somebody at a terminal would
 * lose it, and would outlive the Ctrl+C that ends us.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const runFile = promisify(execFile)
const TOOL_LIMIT_MS = 5000

/** Never rejects: what is gone already is what was wanted. */
export async function endProcessTree(pid: number): Promise<void> {
  const options = { timeout: TOOL_LIMIT_MS, windowsHide: true }
  if (process.platform === 'win32') {
    await runFile('taskkill', ['/PID', String(pid), '/T', '/F'], options).catch(() => {})
    return
  }
  const listed = await runFile('ps', ['-A', '-o', 'pid=,ppid='], options).catch(() => ({ stdout: '' }))
  for (const each of withDescendants(pid, listed.stdout)) {
    try {
      process.kill(each, 'SIGKILL')
    } catch {
      // Gone meanwhile.
    }
  }
}

/** `table`: lines of a process and its parent. Parents come first, so that none starts another in place of the one that has ended. Pure. */
export function withDescendants(pid: number, table: string): number[] {
  const pairs = table.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
  const family = [pid]
  // Grows while it is walked.
  for (const parent of family) {
    for (const [child, of] of pairs) if (of === parent && child && !family.includes(child)) family.push(child)
  }
  return family
}
