/**
 * TCP sockets of this process and of other processes named: Linux tells by inode in /proc at no cost, Windows and macOS
 * through one child process. Undefined where it cannot be told.
 */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { runTool } from './run-tool.ts'
import {
  countOutgoing,
  parseLsof,
  parseNetstat,
  parseProcTcp,
  type SocketCounts,
  type SocketRow,
} from './socket-table.ts'

export async function readSockets(pids: readonly number[], signal: AbortSignal): Promise<SocketCounts | undefined> {
  const rows = await readRows(pids, signal)
  return rows && countOutgoing(rows)
}

async function readRows(pids: readonly number[], signal: AbortSignal): Promise<SocketRow[] | undefined> {
  if (process.platform === 'linux') {
    try {
      return readProcRows(pids)
    } catch {
      return undefined
    }
  }
  if (process.platform === 'win32') {
    const text = await runTool('netstat', ['-ano', '-p', 'TCP'], signal)
    const text6 = await runTool('netstat', ['-ano', '-p', 'TCPv6'], signal)
    if (text === undefined) return undefined
    return parseNetstat(`${text}\n${text6 ?? ''}`).filter(({ pid }) => pid !== undefined && pids.includes(pid))
  }
  const text = await runTool('lsof', ['-nP', '-a', '-iTCP', '-p', pids.join(','), '-FpfnT'], signal)
  return text === undefined ? undefined : parseLsof(text)
}

/** CLOSE_WAIT sockets of this process, for a live counter; 0 where only a child process could tell. */
export function countCloseWait(): number {
  if (process.platform !== 'linux') return 0
  try {
    const tables = readProcTables()
    // Asked every second: nearly always there is none, and no descriptor need be looked at.
    if (!tables.some((table) => table.includes(CLOSE_WAIT))) return 0
    return countOutgoing(readProcRows([process.pid], tables)).closeWait
  } catch {
    return 0
  }
}

/** Of a process of somebody else no descriptor can be read, and it counts as one without sockets. */
function readProcRows(pids: readonly number[], tables = readProcTables()): SocketRow[] {
  return pids.flatMap((pid) => {
    const inodes = socketInodesOf(pid)
    return tables.flatMap((table) => parseProcTcp(table, inodes)).map((row) => ({ ...row, pid }))
  })
}

/** include/net/tcp_states.h; the column stands between blanks. */
const CLOSE_WAIT = ' 08 '

const readProcTables = (): string[] => ['/proc/net/tcp', '/proc/net/tcp6'].map(readIfThere)

/** A machine without IPv6 has no tcp6. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function socketInodesOf(pid: number): Set<string> {
  const folder = `/proc/${pid}/fd`
  const inodes = new Set<string>()
  for (const fd of readdirSync(folder)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1]
      if (inode) inodes.add(inode)
    } catch {
      // Closed since the folder was read.
    }
  }
  return inodes
}

/**
 * The process that holds a destination's lock (disk/destination-lock.ts), by the kernel's list of locks; undefined when
 * there is none or only the kernel of another system knows.
 */
export function findLockHolder(lockPath: string): number | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    return parseLocks(readFileSync('/proc/locks', 'utf8'), statSync(lockPath).ino)
  } catch {
    return undefined
  }
}

/** `1: POSIX  ADVISORY  WRITE 1234 08:01:5678 0 EOF` */
export function parseLocks(text: string, inode: number): number | undefined {
  for (const line of text.split('\n')) {
    const [, pid, held] = /\s(?:READ|WRITE)\s+(\d+)\s+[0-9a-f]+:[0-9a-f]+:(\d+)\s/i.exec(line) ?? []
    if (held === String(inode) && Number(pid) > 0) return Number(pid)
  }
  return undefined
}
