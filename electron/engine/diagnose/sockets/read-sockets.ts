/**
 * The TCP sockets of this machine and who holds them: from /proc on Linux, through one child process on Windows and
 * macOS. Undefined where they cannot be read.
 */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { readdir, readlink } from 'node:fs/promises'
import { runTool } from '../machine/run-tool.ts'
import {
  countOutgoing,
  POWERSHELL_SOCKETS,
  parseLsof,
  parseNetstat,
  parsePowerShell,
  parseProcTcp,
  type SocketRow,
} from './socket-table.ts'

/** On Linux only sockets of `pids` come with their process id; `findOwners` finds those of others when needed. */
export async function readSockets(pids: readonly number[], signal: AbortSignal): Promise<SocketRow[] | undefined> {
  if (process.platform === 'linux') {
    try {
      const tables = readProcTables()
      return tables.some(Boolean) ? readProcRows(pids, tables) : undefined
    } catch {
      return undefined
    }
  }
  if (process.platform === 'win32') return readWindowsRows(signal)
  const text = await runTool('lsof', ['-nP', '-iTCP', '-FpfnT'], signal)
  return text === undefined ? undefined : parseLsof(text)
}

async function readWindowsRows(signal: AbortSignal): Promise<SocketRow[] | undefined> {
  const [text, text6] = await Promise.all(
    ['TCP', 'TCPv6'].map((protocol) => runTool('netstat', ['-ano', '-p', protocol], signal)),
  )
  const rows = text === undefined ? undefined : parseNetstat(`${text}\n${text6 ?? ''}`)
  if (rows) return rows
  const printed = await runTool('powershell', ['-NoProfile', '-NonInteractive', '-Command', POWERSHELL_SOCKETS], signal)
  return printed === undefined ? undefined : parsePowerShell(printed)
}

/** CLOSE_WAIT sockets of this process, for a live counter; 0 where that would take a child process. */
export function countCloseWait(): number {
  if (process.platform !== 'linux') return 0
  try {
    const tables = readProcTables()
    // Called every second: nearly always there is none, and no descriptor need be read.
    if (!tables.some((table) => table.includes(CLOSE_WAIT))) return 0
    const own = readProcRows([process.pid], tables).filter(({ pid }) => pid === process.pid)
    return countOutgoing(own).closeWait
  } catch {
    return 0
  }
}

function readProcRows(pids: readonly number[], tables: readonly string[]): SocketRow[] {
  const owners = new Map(pids.flatMap((pid) => socketInodesOf(pid).map((inode) => [inode, pid] as const)))
  return tables.flatMap(parseProcTcp).map((row) => {
    const pid = owners.get(row.id)
    return pid === undefined ? row : { ...row, pid }
  })
}

const OWNERS_WITHIN_MS = 3000

/**
 * Adds the process id to the sockets that lack it, where that is permitted: the descriptors of other users' processes
 * cannot be read. May have to read every descriptor of the machine, so it never blocks.
 */
export async function findOwners(rows: readonly SocketRow[], signal: AbortSignal): Promise<SocketRow[]> {
  const wanted = new Set(rows.filter(({ pid }) => pid === undefined).map(({ id }) => id))
  if (wanted.size === 0 || process.platform !== 'linux') return [...rows]
  const timeUp = AbortSignal.any([signal, AbortSignal.timeout(OWNERS_WITHIN_MS)])
  const owners = new Map<string, number>()
  // The youngest first: a download is younger than the system's services, which may have thousands of descriptors.
  const pids = (await readdir('/proc'))
    .map(Number)
    .filter(Number.isInteger)
    .sort((one, other) => other - one)
  for (const pid of pids) {
    if (timeUp.aborted || owners.size === wanted.size) break
    const folder = `/proc/${pid}/fd`
    const descriptors = await readdir(folder).catch(() => [])
    const links = await Promise.all(descriptors.map((fd) => readlink(`${folder}/${fd}`).catch(() => '')))
    for (const link of links) {
      const inode = inodeOf(link)
      if (inode && wanted.has(inode)) owners.set(inode, pid)
    }
  }
  return rows.map((row) => {
    const pid = row.pid ?? owners.get(row.id)
    return pid === undefined ? row : { ...row, pid }
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

const inodeOf = (link: string): string | undefined => /^socket:\[(\d+)\]$/.exec(link)?.[1]

function socketInodesOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`
  try {
    return readdirSync(folder).flatMap((fd) => {
      try {
        return inodeOf(readlinkSync(`${folder}/${fd}`)) ?? []
      } catch {
        // Closed since the folder was read.
        return []
      }
    })
  } catch {
    // Ended, or another user's.
    return []
  }
}

/**
 * The process that holds a destination's lock (disk/destination-lock.ts), from the kernel's list of locks on Linux;
 * undefined when there is none, and on other systems.
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
