/** Peak memory of a process and its children, from /proc. The kernel keeps each one's peak; we look before it ends. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'

const LOOK_EVERY_MS = 40

export type PeakMemory = {
  /** Sum of the processes' peaks, which is no less than the peak of their sum. Undefined without /proc. */
  peakBytes(): number | undefined
  stop(): void
}

/** `skipRoot`: the first process only starts the one that counts. */
export function watchPeakMemory(rootPid: number, skipRoot: boolean): PeakMemory {
  const peaks = new Map<number, number>()
  const look = () => {
    for (const { pid, parent } of treeOf(rootPid)) {
      if ((skipRoot && pid === rootPid) || (parent !== undefined && isFork(pid, parent))) continue
      const bytes = peakOf(pid)
      if (bytes !== undefined) peaks.set(pid, bytes)
    }
  }
  const timer = existsSync('/proc/self/status') ? setInterval(look, LOOK_EVERY_MS) : undefined
  return {
    peakBytes: () => (peaks.size === 0 ? undefined : [...peaks.values()].reduce((sum, bytes) => sum + bytes, 0)),
    stop: () => clearInterval(timer),
  }
}

function* treeOf(pid: number, parent?: number): Generator<{ pid: number; parent: number | undefined }> {
  yield { pid, parent }
  for (const thread of attempt(() => readdirSync(`/proc/${pid}/task`)) ?? []) {
    const children = attempt(() => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')) ?? ''
    for (const child of children.split(' ')) if (child !== '') yield* treeOf(Number(child), pid)
  }
}

/**
 * Between fork and exec a child has its parent's memory, counted there already, and still bears its command line.
 */
function isFork(pid: number, parent: number): boolean {
  return commandLineOf(pid) === commandLineOf(parent)
}

const commandLineOf = (pid: number) => attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))

function peakOf(pid: number): number | undefined {
  const status = attempt(() => readFileSync(`/proc/${pid}/status`, 'utf8'))
  const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(status ?? '')?.[1]
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024
}

/** A process may end between two looks. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
