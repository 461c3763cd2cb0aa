import type { ChildProcess } from 'node:child_process'

/** How long a process may take to end by itself. */
const GRACE_MS = 3000

/** Ends one process of ours by its id and waits for it; resolves at once when it has ended. */
export function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve()
  return new Promise((resolve) => {
    const force = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
    child.once('exit', () => {
      clearTimeout(force)
      resolve()
    })
    child.kill('SIGTERM')
  })
}
