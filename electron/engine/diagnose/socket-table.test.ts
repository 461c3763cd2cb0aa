import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { countCloseWait, parseLocks, readSockets } from './read-sockets.ts'
import { countOutgoing, parseLsof, parseNetstat, parseProcTcp } from './socket-table.ts'

/** Recorded on Linux 6.1; the addresses are those of documentation. */
const PROC_TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1D09 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 41001 1 0000000000000000 100 0 0 10 0
   1: 0A0200C0:C3A2 0A0200C6:01BB 01 00000000:00000000 02:000002F5 00000000  1000        0 41002 2 0000000000000000 20 4 30 10 -1
   2: 0A0200C0:C3A4 0A0200C6:01BB 08 00000000:00000019 00:00000000 00000000  1000        0 41003 1 0000000000000000 20 4 28 10 -1
   3: 0100007F:1D09 0100007F:E2D0 01 00000000:00000000 00:00000000 00000000  1000        0 41004 1 0000000000000000 20 4 30 10 -1
   4: 0A0200C0:C3A6 0A0200C6:01BB 06 00000000:00000000 03:00000A1B 00000000     0        0 0 3 0000000000000000
   5: 0A0200C0:C3A8 0A0200C6:01BB 01 00000000:00000000 02:000002F5 00000000  1000        0 49999 2 0000000000000000 20 4 30 10 -1
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

test('Linux: only the sockets of our own inodes', () => {
  const rows = parseProcTcp(PROC_TCP, new Set(['41001', '41002', '41003', '41004']))
  expect(rows.map(({ id, state }) => `${id} ${state}`)).toEqual([
    '41001 listen',
    '41002 established',
    '41003 closeWait',
    '41004 established',
  ])
})

test.each([
  [
    'Linux',
    parseProcTcp(PROC_TCP, new Set(['41001', '41002', '41003', '41004'])),
    { established: 1, closeWait: 1, other: 0 },
  ],
  ['Windows', parseNetstat(NETSTAT).filter(({ pid }) => pid === 8844), { established: 1, closeWait: 1, other: 1 }],
  ['macOS', parseLsof(LSOF), { established: 1, closeWait: 1, other: 0 }],
])('%s: what came in through our own port is not counted', (_, rows, expected) => {
  expect(countOutgoing(rows)).toMatchObject(expected)
})

test('Windows: the process is the one that netstat names', () => {
  expect(parseNetstat(NETSTAT).map(({ pid }) => pid)).toEqual([1204, 8844, 8844, 8844, 8844, 8844, 0])
})

test.each([
  ['nothing', ''],
  ['a heading alone', '  sl  local_address'],
  ['noise', '\u0000\u0001\nTCP TCP TCP\np\nTST=\n'],
])('no table in %s', (_, text) => {
  expect([...parseProcTcp(text, new Set([''])), ...parseNetstat(text), ...parseLsof(text)]).toEqual([])
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
  const before = await readSockets([process.pid], AbortSignal.timeout(5000))
  const sockets = [1, 2, 3].map(() =>
    connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true }),
  )
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  const open = await readSockets([process.pid], AbortSignal.timeout(5000))
  expect((open?.established ?? 0) - (before?.established ?? 0)).toBe(3)
  const closeWaitBefore = countCloseWait()
  await expect.poll(() => accepted.length).toBe(3)
  for (const socket of sockets) socket.resume()
  accepted[0]?.end()
  await expect.poll(() => countCloseWait() - closeWaitBefore).toBe(1)
  for (const socket of [...sockets, ...accepted]) socket.destroy()
  server.close()
})
