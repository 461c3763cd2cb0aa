/** Reads the tables in which operating systems list TCP sockets. Pure; lines that do not match are skipped. */
import { isIPv6 } from 'node:net'

export type SocketState = 'established' | 'closeWait' | 'timeWait' | 'listen' | 'connecting' | 'closing'

export type SocketRow = {
  /** Identifies a socket across two readings: inode, or local and remote end. */
  id: string
  state: SocketState
  localPort: number
  /** IPv4 as numbers with dots, also where an IPv6 socket carries it. */
  remoteAddress: string
  remotePort: number
  /** Process id, where the table has it. */
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

/** `/proc/net/tcp` or `tcp6`, of the whole machine; `id` is the inode, which leads to the owning process. */
export function parseProcTcp(text: string): SocketRow[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', remote = '', code = '', , , , , , inode] = line.trim().split(/\s+/)
      const state = LINUX_STATES[code]
      if (!state || !inode) return []
      const [address = '', port = ''] = remote.split(':')
      const localPort = Number.parseInt(local.split(':')[1] ?? '', 16)
      return [{ id: inode, state, localPort, remoteAddress: readHex(address), remotePort: Number.parseInt(port, 16) }]
    })
}

/** Words of 32 bits, each with its last byte first. */
function readHex(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex')].reverse())
  if (bytes.length === 4) return bytes.join('.')
  const words = Array.from({ length: 8 }, (_, at) =>
    (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
  )
  return canonical(words.join(':'))
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
  CLOSED: 'closing',
  DELETE_TCB: 'closing',
}

/**
 * Windows' `netstat -ano`: `TCP LOCAL REMOTE STATE PID`. Headings are translated, and in some languages the states too
 * (German `HERGESTELLT`): undefined then, and PowerShell must be asked.
 */
export function parseNetstat(text: string): SocketRow[] | undefined {
  const rows: SocketRow[] = []
  for (const line of text.split(/\r?\n/)) {
    const [, local, remote, name, pid] = /^\s*TCP\s+(\S+:\S+)\s+(\S+:\S+)\s+(\S+)\s+(\d+)\s*$/.exec(line) ?? []
    if (!local || !remote || !name) continue
    const state = STATE_NAMES[name]
    if (!state) return undefined
    rows.push({ id: `${local} ${remote}`, state, localPort: endOf(local).port, ...remoteOf(remote), pid: Number(pid) })
  }
  return rows
}

/** The same table with states as numbers (MIB_TCP_STATE of iphlpapi.h), the same in every language. */
export const POWERSHELL_SOCKETS =
  'Get-NetTCPConnection | ForEach-Object { "$($_.LocalAddress) $($_.LocalPort) $($_.RemoteAddress) $($_.RemotePort) $([int]$_.State) $($_.OwningProcess)" }'

const WINDOWS_STATES: Record<string, SocketState> = {
  2: 'listen',
  3: 'connecting',
  4: 'connecting',
  5: 'established',
  6: 'closing',
  7: 'closing',
  8: 'closeWait',
  9: 'closing',
  10: 'closing',
  11: 'timeWait',
}

/** What `POWERSHELL_SOCKETS` prints: `LOCAL PORT REMOTE PORT STATE PID`. */
export function parsePowerShell(text: string): SocketRow[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [local, localPort, remote = '', remotePort, code = '', pid, ...more] = line.trim().split(/\s+/)
    const state = WINDOWS_STATES[code]
    if (!state || !pid || more.length > 0) return []
    const ends = { localPort: Number(localPort), ...remoteOf(`${remote}:${remotePort}`) }
    return [{ id: `${local}:${localPort} ${remote}:${remotePort}`, state, ...ends, pid: Number(pid) }]
  })
}

/** `lsof -nP -iTCP -FpfnT`: one field a line, `p` begins a process, `f` a file. */
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
      const [local = '', remote = ''] = name.split('->')
      if (state) rows.push({ id: `${pid} ${name}`, state, localPort: endOf(local).port, ...remoteOf(remote), pid })
    }
  }
  return rows
}

const remoteOf = (end: string) => ({ remoteAddress: endOf(end).address, remotePort: endOf(end).port })

/** `192.0.2.7:443`, `[2001:db8::7%4]:443`. */
function endOf(end: string): { address: string; port: number } {
  const colon = end.lastIndexOf(':')
  const address = end.slice(0, colon).replace(/^\[|\]$/g, '')
  return { address: canonical(address.replace(/%.*$/, '')), port: Number(end.slice(colon + 1)) }
}

/** Canonical spelling of an address; IPv4-mapped IPv6 is written as IPv4. */
function canonical(address: string): string {
  if (!isIPv6(address)) return address
  const written = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(written) ?? []
  if (high === undefined || low === undefined) return written
  const [upper, lower] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [upper >> 8, upper & 255, lower >> 8, lower & 255].join('.')
}

/** Where the data come from: the looked-up addresses and the port. */
export type ServicePlace = { addresses: readonly string[]; port: number }

/**
 * Sockets of the given processes, and those of any other program to the service. A name of S3 has many addresses, and a
 * look-up returns a few of them: addresses with the same first two numbers belong to it too, as in the seed report
 * (`netstat -an | findstr "52.218"`), except in private networks.
 */
export function selectSockets(
  rows: readonly SocketRow[],
  pids: readonly number[],
  service: ServicePlace | undefined,
): SocketRow[] {
  const leadsThere = ({ state, remoteAddress, remotePort }: SocketRow): boolean =>
    service !== undefined &&
    (state === 'established' || state === 'closeWait') &&
    remotePort === service.port &&
    service.addresses.some((address) => address === remoteAddress || isSameNetwork(address, remoteAddress))
  return rows.filter((row) => (row.pid !== undefined && pids.includes(row.pid)) || leadsThere(row))
}

const PRIVATE = /^(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./
const networkOf = (address: string): string | undefined => /^\d+\.\d+\./.exec(address)?.[0]

function isSameNetwork(one: string, other: string): boolean {
  const network = networkOf(one)
  return network !== undefined && network === networkOf(other) && !PRIVATE.test(one)
}

export type SocketCounts = {
  established: number
  closeWait: number
  timeWait: number
  /** In the middle of a handshake, or of its end. */
  other: number
  /** Ids of those in CLOSE_WAIT, to compare with a second reading. */
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
