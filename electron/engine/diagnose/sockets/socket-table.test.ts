import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { parsePs, parseTasklist, readPrograms } from './read-programs.ts'
import { countCloseWait, parseLocks, readSockets } from './read-sockets.ts'
import {
  countOutgoing,
  parseLsof,
  parseNetstat,
  parsePowerShell,
  parseProcTcp,
  type ServicePlace,
  type SocketRow,
  selectSockets,
} from './socket-table.ts'

/** Recorded on Linux 6.1; the addresses are those of documentation. */
const PROC_TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1D09 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 41001 1 0000000000000000 100 0 0 10 0
   1: 0A0200C0:C3A2 0A0200C6:01BB 01 00000000:00000000 02:000002F5 00000000  1000        0 41002 2 0000000000000000 20 4 30 10 -1
   2: 0A0200C0:C3A4 0A0200C6:01BB 08 00000000:00000019 00:00000000 00000000  1000        0 41003 1 0000000000000000 20 4 28 10 -1
   3: 0100007F:1D09 0100007F:E2D0 01 00000000:00000000 00:00000000 00000000  1000        0 41004 1 0000000000000000 20 4 30 10 -1
   4: 0A0200C0:C3A6 0A0200C6:01BB 06 00000000:00000000 03:00000A1B 00000000     0        0 0 3 0000000000000000
   5: 0A0200C0:C3A8 0A0200C6:01BB 01 00000000:00000000 02:000002F5 00000000  1000        0 49999 2 0000000000000000 20 4 30 10 -1
`
const PROC_TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: B80D0120000000000000000010000000:C3AA B80D0120000000000000000007000000:01BB 01 00000000:00000000 00:00000000 00000000  1000        0 41005 1 0000000000000000 20 4 30 10 -1
   1: 0000000000000000FFFF00000A0200C0:C3AC 0000000000000000FFFF00000A0200C6:01BB 08 00000000:00000000 00:00000000 00000000  1000        0 41006 1 0000000000000000 20 4 30 10 -1
`
/** Recorded on a Chinese Windows 11. */
const NETSTAT = [
  '',
  '活动连接',
  '',
  '  协议  本地地址          外部地址        状态           PID',
  '  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       1204',
  '  TCP    127.0.0.1:7433         0.0.0.0:0              LISTENING       8844',
  '  TCP    127.0.0.1:7433         127.0.0.1:50122        ESTABLISHED     8844',
  '  TCP    192.0.2.10:50130       198.51.100.7:443       ESTABLISHED     8844',
  '  TCP    192.0.2.10:50131       198.51.100.7:443       CLOSE_WAIT      8844',
  '  TCP    [2001:db8::10]:50132   [2001:db8::7]:443      SYN_SENT        8844',
  '  TCP    192.0.2.10:50133       198.51.100.7:443       TIME_WAIT       0',
  '  UDP    0.0.0.0:5353           *:*                                    2200',
].join('\r\n')
/** As a German Windows writes the states. */
const NETSTAT_GERMAN = [
  'Aktive Verbindungen',
  '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
  '  TCP    0.0.0.0:135            0.0.0.0:0              ABH\ufffdREN         1204',
  '  TCP    192.0.2.10:50130       198.51.100.7:443       HERGESTELLT     8844',
].join('\r\n')
const POWERSHELL = [
  '0.0.0.0 135 0.0.0.0 0 2 1204',
  '127.0.0.1 7433 0.0.0.0 0 2 8844',
  '127.0.0.1 7433 127.0.0.1 50122 5 8844',
  '192.0.2.10 50130 198.51.100.7 443 5 8844',
  '192.0.2.10 50131 198.51.100.7 443 8 8844',
  '2001:db8::10 50132 2001:db8::7 443 3 8844',
  ':: 50140 :: 0 100 8844',
].join('\r\n')
/** Recorded on macOS 14. */
const LSOF = `p8844
f21
n127.0.0.1:7433
TST=LISTEN
TQR=0
TQS=0
f23
n192.0.2.10:50130->198.51.100.7:443
TST=ESTABLISHED
TQR=0
TQS=0
f24
n[2001:db8::10]:50131->[2001:db8::7]:443
TST=CLOSE_WAIT
f25
n127.0.0.1:7433->127.0.0.1:50122
TST=ESTABLISHED
`

/** The process whose sockets are asked for: 8844, or these inodes of Linux. */
const ownInodes = ['41001', '41002', '41003', '41004']
const ownRows = {
  Linux: parseProcTcp(PROC_TCP).filter(({ id }) => ownInodes.includes(id)),
  Windows: parseNetstat(NETSTAT)?.filter(({ pid }) => pid === 8844),
  PowerShell: parsePowerShell(POWERSHELL).filter(({ pid }) => pid === 8844),
  macOS: parseLsof(LSOF),
}

test.each([
  ['Linux', ownRows.Linux, { established: 1, closeWait: 1, other: 0 }],
  ['Windows', ownRows.Windows, { established: 1, closeWait: 1, other: 1 }],
  ['PowerShell', ownRows.PowerShell, { established: 1, closeWait: 1, other: 1 }],
  ['macOS', ownRows.macOS, { established: 1, closeWait: 1, other: 0 }],
])('%s: what came in through our own port is not counted', (_, rows, expected) => {
  expect(countOutgoing(rows ?? [])).toMatchObject(expected)
})

test.each([
  ['Linux', parseProcTcp(PROC_TCP)[1], '198.0.2.10:443'],
  ['Linux, IPv6', parseProcTcp(PROC_TCP6)[0], '2001:db8::7:443'],
  ['Linux, IPv4 within IPv6', parseProcTcp(PROC_TCP6)[1], '198.0.2.10:443'],
  ['Windows', parseNetstat(NETSTAT)?.[3], '198.51.100.7:443'],
  ['Windows, IPv6', parseNetstat(NETSTAT)?.[5], '2001:db8::7:443'],
  ['PowerShell, IPv6', parsePowerShell(POWERSHELL)[5], '2001:db8::7:443'],
  ['macOS, IPv6', parseLsof(LSOF)[2], '2001:db8::7:443'],
])('%s: where a socket leads', (_, row, expected) => {
  expect(`${row?.remoteAddress}:${row?.remotePort}`).toBe(expected)
})

test('Windows: the process is the one that netstat names', () => {
  expect(parseNetstat(NETSTAT)?.map(({ pid }) => pid)).toEqual([1204, 8844, 8844, 8844, 8844, 8844, 0])
})

test('Windows: states in another language are left to PowerShell', () => {
  expect(parseNetstat(NETSTAT_GERMAN)).toBeUndefined()
})

test.each([
  ['nothing', ''],
  ['a heading alone', '  sl  local_address'],
  ['noise', '\u0000\u0001\nTCP TCP TCP\np\nTST=\n1 2 3 4 5 6 7\n'],
])('no table in %s', (_, text) => {
  const rows = [parseProcTcp(text), parseNetstat(text), parsePowerShell(text), parseLsof(text)]
  expect(rows).toEqual([[], [], [], []])
})

describe('whose sockets count', () => {
  const service: ServicePlace = { addresses: ['52.218.1.2', '10.0.0.5', '2001:db8::7'], port: 443 }
  const row = (remoteAddress: string, more: Partial<SocketRow> = {}): SocketRow => ({
    id: '1',
    state: 'established',
    localPort: 50_000,
    remoteAddress,
    remotePort: 443,
    ...more,
  })
  test.each<[string, SocketRow, boolean]>([
    ['one of the process asked for, wherever it leads', row('192.0.2.1', { pid: 8844 }), true],
    ["another program's, to an address of the service", row('52.218.1.2', { pid: 4711 }), true],
    ["another program's, to an address that was not told this time", row('52.218.99.3'), true],
    ["somebody else's, whose process cannot be told", row('52.218.1.2'), true],
    ['left open after the service closed it', row('52.218.1.2', { state: 'closeWait' }), true],
    ['over and done with', row('52.218.1.2', { state: 'timeWait' }), false],
    ['to another port', row('52.218.1.2', { remotePort: 5432 }), false],
    ['to another network', row('52.219.1.2'), false],
    ['to the same private address', row('10.0.0.5'), true],
    ['to a neighbour of it', row('10.0.0.6'), false],
    ['by IPv6', row('2001:db8::7'), true],
  ])('%s: %o', (_, socket, isCounted) => {
    expect(selectSockets([socket], [8844], service)).toHaveLength(isCounted ? 1 : 0)
  })
})

test.each([
  ['ps', parsePs('  4711  45678 /usr/local/bin/python3\n 4712 1024 /Applications/My App.app/x y\nnoise\n')],
  [
    'tasklist',
    parseTasklist(
      '"python3","4711","Console","1","45.678 K"\r\n"x y","4712","服务","0","1,024 K"\r\nERROR: "no" "access"\r\n',
    ),
  ],
])('%s: names and memory of programs', (_, programs) => {
  expect(programs).toEqual([
    { pid: 4711, name: 'python3', rssBytes: 45678 * 1024 },
    { pid: 4712, name: 'x y', rssBytes: 1024 ** 2 },
  ])
})

test.runIf(process.platform === 'linux')('name and memory of this process; none of one that is gone', async () => {
  const [own, ...more] = await readPrograms([process.pid, 2 ** 22 + 1], new AbortController().signal)
  expect(own?.name).toContain('node')
  expect(own?.rssBytes).toBeGreaterThan(1e7)
  expect(more).toEqual([])
})

test('the holder of a lock is found by the inode of its file', () => {
  const locks = '1: POSIX  ADVISORY  WRITE 4711 08:01:1001 0 EOF\n2: OFDLCK ADVISORY  READ  -1 08:01:1003 0 EOF\n'
  expect([1001, 1002, 1003].map((inode) => parseLocks(locks, inode))).toEqual([4711, undefined, undefined])
})

test.runIf(process.platform === 'linux')('real sockets of this process are counted, open and half closed', async () => {
  const accepted: Socket[] = []
  // In a process of its own the server's ends would not be ours; here its port makes them incoming.
  const server = createServer({ allowHalfOpen: true }, (socket) => accepted.push(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const look = async () => {
    const rows = await readSockets([process.pid], new AbortController().signal)
    return countOutgoing(selectSockets(rows ?? [], [process.pid], undefined))
  }
  const before = await look()
  const sockets = [1, 2, 3].map(() =>
    connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true }),
  )
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  expect((await look()).established - before.established).toBe(3)
  const closeWaitBefore = countCloseWait()
  await expect.poll(() => accepted.length).toBe(3)
  for (const socket of sockets) socket.resume()
  accepted[0]?.end()
  await expect.poll(() => countCloseWait() - closeWaitBefore).toBe(1)
  for (const socket of [...sockets, ...accepted]) socket.destroy()
  server.close()
})
