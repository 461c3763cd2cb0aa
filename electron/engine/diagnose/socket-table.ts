/** Reads the tables in which operating systems list TCP sockets. Pure; lines that do not fit are passed over. */

export type SocketState = 'established' | 'closeWait' | 'timeWait' | 'listen' | 'connecting' | 'closing'

export type SocketRow = {
  /** The same for the same socket in two looks: inode, or local and remote end. */
  id: string
  state: SocketState
  localPort: number
  /** Process id, where the table tells it. */
  pid?: number
}

/** include/net/tcp_states.h */
const LINUX_STATES: Record<string, SocketState> = {
  '01': 'established',
  '02': 'connecting',
  '03': 'connecting',
  '04': 'closing',
  '05': 'closing',
  '06': 'timeWait',
  '08': 'closeWait',
  '09': 'closing',
  '0A': 'listen',
  '0B': 'closing',
}

/** `/proc/net/tcp` or `tcp6`; only sockets whose inode is in `inodes`. */
export function parseProcTcp(text: string, inodes: ReadonlySet<string>): SocketRow[] {
  const rows: SocketRow[] = []
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/)
    const inode = fields[9] ?? ''
    const state = LINUX_STATES[fields[3] ?? '']
    if (!state || !inodes.has(inode)) continue
    rows.push({ id: inode, state, localPort: Number.parseInt((fields[1] ?? '').split(':')[1] ?? '', 16) })
  }
  return rows
}

/** RFC 9293 names, with the spellings of Windows and macOS. */
const STATE_NAMES: Record<string, SocketState> = {
  ESTABLISHED: 'established',
  CLOSE_WAIT: 'closeWait',
  TIME_WAIT: 'timeWait',
  LISTENING: 'listen',
  LISTEN: 'listen',
  SYN_SENT: 'connecting',
  SYN_RECEIVED: 'connecting',
  SYN_RCVD: 'connecting',
  FIN_WAIT_1: 'closing',
  FIN_WAIT_2: 'closing',
  CLOSING: 'closing',
  LAST_ACK: 'closing',
}

/** Windows' `netstat -ano`: `TCP  LOCAL  REMOTE  STATE  PID`. Its headings are translated, its rows are not. */
export function parseNetstat(text: string): SocketRow[] {
  const rows: SocketRow[] = []
  for (const line of text.split(/\r?\n/)) {
    const [, local, remote, name, pid] = /^\s*TCP\s+(\S+)\s+(\S+)\s+([A-Z_0-9]+)\s+(\d+)\s*$/.exec(line) ?? []
    const state = STATE_NAMES[name ?? '']
    if (local && remote && state)
      rows.push({ id: `${local} ${remote}`, state, localPort: portOf(local), pid: Number(pid) })
  }
  return rows
}

/** `lsof -nP -iTCP -p PID -FpnT`: one field a line, `p` begins a process, `f` a file. */
export function parseLsof(text: string): SocketRow[] {
  const rows: SocketRow[] = []
  let pid = 0
  let name = ''
  for (const line of text.split('\n')) {
    const value = line.slice(1)
    if (line.startsWith('p')) pid = Number(value)
    else if (line.startsWith('f')) name = ''
    else if (line.startsWith('n')) name = value
    else if (line.startsWith('TST=')) {
      const state = STATE_NAMES[value.slice(3)]
      if (state) rows.push({ id: `${pid} ${name}`, state, localPort: portOf(name.split('->')[0] ?? ''), pid })
    }
  }
  return rows
}

const portOf = (end: string): number => Number(end.slice(end.lastIndexOf(':') + 1))

export type SocketCounts = {
  established: number
  closeWait: number
  timeWait: number
  /** In the middle of a handshake, or of its end. */
  other: number
  /** Ids of those in CLOSE_WAIT, for a second look. */
  closeWaitIds: string[]
}

/** Connections this process has opened: those that came in through one of its own ports belong to the window. */
export function countOutgoing(rows: readonly SocketRow[]): SocketCounts {
  const ownPorts = new Set(rows.filter(({ state }) => state === 'listen').map(({ localPort }) => localPort))
  const counts: SocketCounts = { established: 0, closeWait: 0, timeWait: 0, other: 0, closeWaitIds: [] }
  for (const { id, state, localPort } of rows) {
    if (state === 'listen' || ownPorts.has(localPort)) continue
    if (state === 'established') counts.established++
    else if (state === 'timeWait') counts.timeWait++
    else if (state === 'closeWait') {
      counts.closeWait++
      counts.closeWaitIds.push(id)
    } else counts.other++
  }
  return counts
}
