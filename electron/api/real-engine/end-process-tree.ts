/**
 * Ends a child process with all its descendants. They get no process group of their own: in one, a program that prompts
 * would lose the terminal, and would survive the Ctrl+C that ends us.
 */
import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'

const runFile = promisify(execFile)
const OPTIONS = { timeout: 5000, windowsHide: true }

/** Never rejects: a process that is gone already is fine. */
export async function endProcessTree(pid: number): Promise<void> {
  const [tool, ...args] = toolFor(pid)
  let table = ''
  try {
    table = (await runFile(tool, args, OPTIONS)).stdout
  } catch {
    // Without the table only the process itself is ended.
  }
  endFamily(pid, table)
}

/** The same, synchronously, for use while this process exits. */
export function endProcessTreeNow(pid: number): void {
  const [tool, ...args] = toolFor(pid)
  let table = ''
  try {
    table = execFileSync(tool, args, { ...OPTIONS, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    // Without the table only the process itself is ended.
  }
  endFamily(pid, table)
}

/** On Windows, ends the whole tree; elsewhere, returns the processes that belong to it. */
const toolFor = (pid: number): [string, ...string[]] =>
  process.platform === 'win32' ? ['taskkill', '/PID', String(pid), '/T', '/F'] : ['ps', '-A', '-o', 'pid=,ppid=']

function endFamily(pid: number, table: string): void {
  if (process.platform === 'win32') return
  for (const each of withDescendants(pid, table)) {
    try {
      process.kill(each, 'SIGKILL')
    } catch {
      // It has ended meanwhile.
    }
  }
}

/**
 * `table`: lines of a process and its parent. Parents come first, so
 * that none starts another in place of the one that has ended. Pure.
 */
export function withDescendants(pid: number, table: string): number[] {
  const pairs = table.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
  const family = [pid]
  // Grows while it is walked.
  for (const parent of family) {
    for (const [child, of] of pairs) if (of === parent && child && !family.includes(child)) family.push(child)
  }
  return family
}
