import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { realClock } from '../../testing/real-clock.ts'
import {
  chooseMainInterface,
  parseDefaultRoute,
  parseNetsh,
  parseNetstatInterfaces,
  parseProcNetDev,
} from './interface-table.ts'
import { probeDisk } from './probe-disk.ts'
import { readLastRun, watchCpu } from './read-machine.ts'

/** Recorded on Linux 6.1. */
const PROC_NET_DEV = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 733264032747 25197629    0    0    0     0          0         0 733264032747 25197629    0    0    0     0       0          0
  eth0: 1234567890  917431    0    0    0     0          0         0 98765432  456789    0    0    0     0       0          0
docker0:9999999999       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
`
const PROC_NET_ROUTE = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
`
/** Recorded on a Chinese Windows 11: state 1 is connected, 5 is not. */
const NETSH = [
  '',
  '   MTU  MediaSenseState      传入字节      传出字节  接口',
  '------  ---------------  ---------  ---------  -------------',
  '4294967295                1          0      43816  Loopback Pseudo-Interface 1',
  '  1500                1  1234567890    98765432  以太网',
  '  1500                5          0          0  本地连接* 1',
  '  1400                1    2345678     345678  OpenVPN TAP-Windows6',
].join('\r\n')
/** Recorded on macOS 14: the address column may be empty. */
const NETSTAT_IBN = `Name       Mtu   Network       Address            Ipkts Ierrs     Ibytes    Opkts Oerrs     Obytes  Coll
lo0        16384 <Link#1>                        98765     0   12345678    98765     0   12345678     0
lo0        16384 127           127.0.0.1         98765     -   12345678    98765     -   12345678     -
en0        1500  <Link#11>   a4:83:e7:00:00:01 9174310     0 1234567890  4567890     0   98765432     0
en0        1500  192.0.2       192.0.2.10      9174310     - 1234567890  4567890     -   98765432     -
utun3      1380  <Link#17>                       45678     0    2345678    34567     0     345678     0
en5*       1500  <Link#9>    a4:83:e7:00:00:02       0     0          0        0     0          0     0
`

describe('the interface that carries the traffic', () => {
  test.each([
    [
      'Linux: that of the default route, not the busiest',
      parseProcNetDev(PROC_NET_DEV),
      parseDefaultRoute(PROC_NET_ROUTE),
      'eth0',
      0,
    ],
    ['Linux without a default route: the busiest', parseProcNetDev(PROC_NET_DEV), undefined, 'docker0', 0],
    ['Windows', parseNetsh(NETSH), undefined, '以太网', 1500],
    ['macOS', parseNetstatInterfaces(NETSTAT_IBN), undefined, 'en0', 1500],
  ])('%s', (_, rows, route, name, mtu) => {
    expect(chooseMainInterface(rows, route)).toMatchObject({ name, mtu, receivedBytes: expect.any(Number) })
  })
  test('its bytes are those received', () => {
    const bytes = [parseProcNetDev(PROC_NET_DEV), parseNetsh(NETSH), parseNetstatInterfaces(NETSTAT_IBN)].map(
      (rows) => rows[0]?.receivedBytes,
    )
    expect(bytes).toEqual([1234567890, 1234567890, 1234567890])
  })
  test('loopback and what is not connected are left out', () => {
    expect(parseNetsh(NETSH).map(({ name }) => name)).toEqual(['以太网', 'OpenVPN TAP-Windows6'])
    expect(parseNetstatInterfaces(NETSTAT_IBN).map(({ name }) => name)).toEqual(['en0', 'utun3', 'en5'])
  })
  test.each(['', 'noise', 'a:b:c\n1 2 3'])('none in "%s"', (text) => {
    const rows = [...parseProcNetDev(text), ...parseNetsh(text), ...parseNetstatInterfaces(text)]
    expect(chooseMainInterface(rows, parseDefaultRoute(text))).toBeUndefined()
  })
})

describe('on a real disk', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'longhaul-diagnose-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('the memory of the last run is read; torn lines and older runs are passed over', async () => {
    const line = (minute: number, rssBytes: number, bytesFetched: number) =>
      JSON.stringify({
        time: `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z`,
        rssBytes,
        bytesFetched,
        threads: 64,
      })
    const lines = [
      line(0, 9e8, 0),
      line(10, 9e8, 5e9),
      line(20, 1e8, 0),
      line(30, 1.1e8, 5e9),
      '{"time":"2026',
      '',
      'null',
    ]
    await writeFile(join(folder, 'performance.ndjson'), lines.join('\n'))
    const { samples, threads } = await readLastRun(folder)
    expect(samples.map(({ rssBytes }) => rssBytes)).toEqual([1e8, 1.1e8])
    expect((samples[1]?.seconds ?? 0) - (samples[0]?.seconds ?? 0)).toBe(600)
    expect(threads).toBe(64)
    expect(await readLastRun(join(folder, 'nowhere'))).toEqual({ samples: [], threads: undefined })
  })

  test('the disk is measured in a folder that is not there yet, and nothing stays', async () => {
    await mkdir(join(folder, 'disk'))
    const probe = await probeDisk(join(folder, 'disk', 'not', 'yet'), realClock, new AbortController().signal)
    expect(probe).toMatchObject({ ok: true, value: { bytes: expect.any(Number) } })
    expect(probe.ok && probe.value.flushMs.length).toBeGreaterThan(0)
    expect(await readdir(join(folder, 'disk'))).toEqual([])
  })
})

test('a busy moment of this process is seen', () => {
  const read = watchCpu()
  const until = performance.now() + 150
  while (performance.now() < until);
  const cpu = read()
  expect(cpu?.busyRatio).toBeGreaterThan(0)
  expect(cpu?.ownRatio).toBeGreaterThan(0)
})
