import { describe, expect, test } from 'vitest'
import { FAILURE_CLASSES, failed, success } from '../../../../shared/failure.ts'
import type { SocketCounts } from '../sockets/socket-table.ts'
import { judgeCloseWait, judgeSockets, judgeThrottling } from './judge-connections.ts'
import {
  judgeCpu,
  judgeDiskLatency,
  judgeDiskSpeed,
  judgeFreeSpace,
  judgeLoopLag,
  judgeMemory,
  judgeMemorySlope,
} from './judge-machine.ts'
import { judgeAddresses, judgeServerDns, judgeSystemDns } from './judge-names.ts'
import {
  judgeBucket,
  judgeClock,
  judgeFirstByte,
  judgeHead,
  judgeParallelSpeed,
  judgeSingleSpeed,
  type Transfer,
} from './judge-service.ts'
import { judgeMtu, judgeOtherTraffic, judgeProxy, judgeVpn } from './judge-way.ts'
import { type Judged, judgeFailure } from './judged.ts'

const counts = (established: number, closeWaitIds: string[] = []): SocketCounts => ({
  established,
  closeWait: closeWaitIds.length,
  timeWait: 0,
  other: 0,
  closeWaitIds,
})
const sockets = (established: number, runningJobs = 1, threads = 16, concurrency = threads) =>
  judgeSockets({ sockets: counts(established), runningJobs, threads, concurrency })
const socketsOfOther = (established: number) =>
  judgeSockets({ sockets: counts(established), runningJobs: 1, threads: undefined, concurrency: undefined })
const socketsOfStranger = (established: number) =>
  judgeSockets({
    sockets: counts(established),
    runningJobs: 0,
    threads: 0,
    concurrency: undefined,
    programs: `python3 (4711) ${established}`,
  })
const transfer = (changes: Partial<Transfer> = {}) =>
  success({ address: '192.0.2.1', connectMs: 30, firstByteMs: 80, bytes: 8e6, seconds: 1, ...changes })
const free = { limitBytesPerSecond: 0 }
const answered = (milliseconds: number, addresses = ['192.0.2.1']) =>
  ({ status: 'answered', milliseconds, addresses }) as const
const dead = { status: 'failed', milliseconds: 3000, failure: { class: 'dns', code: 'ETIMEOUT' } } as const
const parallel = (bytes: number, singleSpeed: number) =>
  judgeParallelSpeed({ from: 'probe', connections: 4, result: success({ bytes, seconds: 1 }), singleSpeed })
const disk = (bytesPerSecond: number, flushMs = [2, 3, 4]) => success({ bytes: bytesPerSecond, seconds: 1, flushMs })
const memory = (perHour: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ seconds: index * 600, rssBytes: 1e8 + (perHour * index) / 6 }))
const space = (freeBytes: number, listedBytes = 0) =>
  judgeFreeSpace(success({ freeBytes, totalBytes: 1e12 }), listedBytes)
const traffic = (receivedBytes: number, ownBytes: number, lineBytesPerSecond: number) =>
  judgeOtherTraffic({ receivedBytes, ownBytes, seconds: 1, lineBytesPerSecond })

describe.each<[string, [situation: string, judged: Judged, verdict: string, cause: string][]]>([
  [
    'connections',
    [
      ['five is the least of the healthy', sockets(5), 'ok', 'sockets-healthy'],
      ['fifteen is the most', sockets(15), 'ok', 'sockets-healthy'],
      ['twenty, with sixteen threads and the control plane', sockets(20), 'ok', 'sockets-as-set'],
      ['twenty-one are more than was asked for', sockets(21), 'notice', 'sockets-many'],
      ['seventeen of another program: sixteen are the default', socketsOfOther(17), 'ok', 'sockets-as-set'],
      ['thirty of another program', socketsOfOther(30), 'notice', 'sockets-many'],
      ['three, because the governor found that more do not pay', sockets(3, 1, 16, 3), 'ok', 'sockets-as-governed'],
      ['fifty is not yet a leak', sockets(50), 'notice', 'sockets-many'],
      ['fifty-one is', sockets(51), 'bad', 'sockets-leak'],
      ['sixty, because the user asked for 64', sockets(60, 1, 64), 'ok', 'sockets-as-set'],
      ['seventy, although the user asked for 64: a rebuild, perhaps', sockets(70, 1, 64), 'notice', 'sockets-many'],
      ['more than twice as many as the user asked for', sockets(133, 1, 64), 'bad', 'sockets-leak'],
      ['none while nothing runs', sockets(0, 0, 0), 'ok', 'sockets-idle'],
      ['two of a program that is not ours', socketsOfStranger(2), 'ok', 'sockets-of-others'],
      ['twelve of it', socketsOfStranger(12), 'ok', 'sockets-healthy'],
      ['fifty of it', socketsOfStranger(50), 'notice', 'sockets-many'],
      ['fifty-one of it', socketsOfStranger(51), 'bad', 'sockets-leak'],
      ['fifty-one while nothing runs', sockets(51, 0, 0), 'bad', 'sockets-leak'],
      ['two while a job runs', sockets(2), 'notice', 'sockets-few'],
      ['two, because the user asked for two', sockets(2, 1, 2), 'ok', 'sockets-as-set'],
      [
        'a system that does not tell',
        judgeSockets({ sockets: undefined, runningJobs: 1, threads: 16, concurrency: 16 }),
        'unknown',
        'cannot-tell',
      ],
    ],
  ],
  [
    'CLOSE_WAIT',
    [
      ['none', judgeCloseWait(counts(3), counts(3)), 'ok', 'close-wait-none'],
      ['gone at the second look', judgeCloseWait(counts(3, ['a']), counts(3)), 'notice', 'close-wait-passing'],
      ['another one', judgeCloseWait(counts(3, ['a']), counts(3, ['b'])), 'notice', 'close-wait-passing'],
      ['the same one', judgeCloseWait(counts(3, ['a']), counts(3, ['b', 'a'])), 'bad', 'close-wait-stuck'],
      ['a system that does not tell', judgeCloseWait(undefined, undefined), 'unknown', 'cannot-tell'],
    ],
  ],
  [
    'throttling',
    [
      ['all answered', judgeThrottling({ requests: 9, refused: 0, jobs: undefined }), 'ok', 'not-throttled'],
      ['one refused', judgeThrottling({ requests: 9, refused: 1, jobs: undefined }), 'bad', 'throttled'],
      [
        'the job gets 80 % through',
        judgeThrottling({ requests: 0, refused: 0, jobs: { successRate: 0.8, delayMs: 200, throttled: 40 } }),
        'bad',
        'throttled',
      ],
      [
        'the job was throttled before',
        judgeThrottling({ requests: 3, refused: 0, jobs: { successRate: 1, delayMs: 0, throttled: 40 } }),
        'notice',
        'was-throttled',
      ],
      [
        'the job has errors, none of them throttling',
        judgeThrottling({ requests: 3, refused: 0, jobs: { successRate: 0.5, delayMs: 0, throttled: 0 } }),
        'ok',
        'not-throttled',
      ],
      ['nothing was asked', judgeThrottling({ requests: 0, refused: 0, jobs: undefined }), 'unknown', 'not-asked'],
    ],
  ],
  [
    'names',
    [
      ['addresses', judgeAddresses(answered(1)), 'ok', 'addresses-found'],
      ['one that a proxy makes up', judgeAddresses(answered(1, ['198.18.0.7'])), 'notice', 'addresses-fake'],
      [
        'one that lets nobody in',
        judgeAddresses(answered(1, ['192.0.2.1', '192.0.2.2']), ['192.0.2.2']),
        'notice',
        'addresses-dead',
      ],
      ['none', judgeAddresses(dead), 'bad', 'failed-dns'],
      ['200 ms', judgeSystemDns(answered(200)), 'ok', 'dns-fast'],
      ['201 ms', judgeSystemDns(answered(201)), 'notice', 'dns-slow'],
      ['1001 ms', judgeSystemDns(answered(1001)), 'bad', 'dns-very-slow'],
      ['no answer from the system', judgeSystemDns(dead), 'bad', 'dns-dead'],
      ['no answer from the server the user chose', judgeServerDns(dead, true), 'bad', 'dns-server-dead'],
      [
        'a server that knows no such name',
        judgeServerDns({ ...dead, failure: { class: 'dns', code: 'ENOTFOUND' } }, true),
        'bad',
        'dns-server-unknown',
      ],
      [
        "no answer from the system's servers, asked past it",
        judgeServerDns(dead, false),
        'notice',
        'dns-own-servers-dead',
      ],
      [
        'an address needs no name',
        judgeSystemDns({ status: 'not-needed', addresses: ['::1'] }),
        'ok',
        'dns-not-needed',
      ],
      ['no host', judgeServerDns({ status: 'not-asked', cause: 'not-asked' }, true), 'unknown', 'not-asked'],
    ],
  ],
  [
    'the service',
    [
      ['a listing', judgeBucket(success({ milliseconds: 90, objects: 3, isComplete: true })), 'ok', 'bucket-readable'],
      [
        'an empty one',
        judgeBucket(success({ milliseconds: 90, objects: 0, isComplete: true })),
        'notice',
        'bucket-empty',
      ],
      ['a denied one', judgeBucket(failed({ class: 'denied', code: 'AccessDenied' })), 'bad', 'failed-denied'],
      ['no address', judgeBucket(undefined), 'unknown', 'not-asked'],
      ['HEAD in a second', judgeHead(success({ timesMs: [1000, 1000, 9000] })), 'ok', 'latency-good'],
      ['HEAD in just more', judgeHead(success({ timesMs: [10, 1001, 9000] })), 'notice', 'latency-high'],
      ['HEAD in 5 s', judgeHead(success({ timesMs: [5000] })), 'notice', 'latency-high'],
      ['HEAD in more: plan D of the seed', judgeHead(success({ timesMs: [5001] })), 'bad', 'latency-unhealthy'],
      ['no HEAD without an object', judgeHead(undefined, 'no-object'), 'unknown', 'no-object'],
      ['first byte after 5 s', judgeFirstByte(transfer({ firstByteMs: 5001 })), 'bad', 'latency-unhealthy'],
      ['no first byte', judgeFirstByte(failed({ class: 'stalled' })), 'bad', 'failed-timeout'],
    ],
  ],
  [
    'speeds',
    [
      ['one connection', judgeSingleSpeed(transfer(), free), 'ok', 'speed-measured'],
      ['50 KB/s', judgeSingleSpeed(transfer({ bytes: 1e5, seconds: 2 }), free), 'bad', 'speed-very-low'],
      [
        'an object too small to tell',
        judgeSingleSpeed(transfer({ bytes: 1000, seconds: 0.01 }), free),
        'unknown',
        'speed-too-short',
      ],
      [
        "thrice as fast as the job's",
        judgeSingleSpeed(transfer(), {
          ...free,
          job: { bytesPerSecond: 2e7, connections: 16, medianBytesPerSecond: 2.5e6 },
        }),
        'notice',
        'fresh-is-faster',
      ],
      [
        "as fast as the job's",
        judgeSingleSpeed(transfer(), {
          ...free,
          job: { bytesPerSecond: 2e7, connections: 16, medianBytesPerSecond: 5e6 },
        }),
        'ok',
        'speed-measured',
      ],
      [
        'as fast as the user allows',
        judgeSingleSpeed(transfer({ bytes: 5e4 }), { limitBytesPerSecond: 6e4 }),
        'ok',
        'speed-at-limit',
      ],
      ['four are thrice as fast as one', parallel(24e6, 8e6), 'ok', 'many-help'],
      ['four are as fast as one', parallel(8e6, 8e6), 'ok', 'line-is-full'],
      ['four are slower than one', parallel(4e6, 8e6), 'notice', 'many-hurt'],
      ['four are slower than one, of a line no probe can fill', parallel(15e7, 8e8), 'ok', 'line-is-full'],
      ['four, and still nothing', parallel(5e4, 4e4), 'bad', 'speed-very-low'],
      [
        'the job shows what many do',
        judgeParallelSpeed({ from: 'job', job: { bytesPerSecond: 3e7, connections: 16, medianBytesPerSecond: 2e6 } }),
        'ok',
        'speed-of-job',
      ],
      [
        'another program downloads: what the machine receives',
        judgeParallelSpeed({ from: 'machine', bytesPerSecond: 3e7 }),
        'ok',
        'speed-of-machine',
      ],
      [
        'a job that has only just begun shows nothing yet',
        judgeParallelSpeed({
          from: 'job',
          job: { bytesPerSecond: undefined, connections: 4, medianBytesPerSecond: 0 },
        }),
        'unknown',
        'job-too-young',
      ],
      ['no object', judgeParallelSpeed({ from: 'nothing', cause: 'no-object' }), 'unknown', 'no-object'],
    ],
  ],
  [
    'the clock',
    [
      ['a minute off', judgeClock(60_400, undefined, 'cannot-tell'), 'ok', 'clock-right'],
      ['two minutes', judgeClock(-120_000, undefined, 'cannot-tell'), 'notice', 'clock-off'],
      ['sixteen', judgeClock(960_000, undefined, 'cannot-tell'), 'bad', 'clock-refused'],
      ['refused for it', judgeClock(undefined, { class: 'clock-skew' }, 'cannot-tell'), 'bad', 'failed-clock'],
      ['no Date header', judgeClock(undefined, undefined, 'cannot-tell'), 'unknown', 'cannot-tell'],
    ],
  ],
  [
    'the way',
    [
      ['no proxy', judgeProxy({ status: 'none' }), 'ok', 'no-proxy'],
      ['a proxy', judgeProxy({ status: 'used', proxy: 'h:1', from: 'setting' }), 'notice', 'proxy-in-use'],
      ['cable and loopback', judgeVpn(['lo', 'eth0', 'en0', '以太网', 'docker0'], false), 'ok', 'no-vpn'],
      ...['tun0', 'utun4', 'wg0', 'ppp0', 'Meta', 'OpenVPN TAP-Windows6', 'Sangfor SSL VPN CS Support System VNIC'].map(
        (name) => [name, judgeVpn(['lo', name], false), 'notice', 'vpn-in-use'] as [string, Judged, string, string],
      ),
      ['made-up addresses', judgeVpn(['lo'], true), 'notice', 'vpn-in-use'],
      ['1500', judgeMtu({ name: 'eth0', mtu: 1500 }), 'ok', 'mtu-full'],
      ['PPPoE', judgeMtu({ name: 'ppp0', mtu: 1492 }), 'ok', 'mtu-full'],
      ['a tunnel', judgeMtu({ name: 'tun0', mtu: 1399 }), 'notice', 'mtu-small'],
      ['below IPv6', judgeMtu({ name: 'tun0', mtu: 1279 }), 'bad', 'mtu-very-small'],
      ['not told', judgeMtu(undefined), 'unknown', 'cannot-tell'],
      ['others are quiet', traffic(1e5, 0, 1e7), 'ok', 'line-is-ours'],
      ['all of it is ours', traffic(9e6, 9e6, 9e6), 'ok', 'line-is-ours'],
      ['headers and rounding beside our own', traffic(11e6, 9e6, 9e6), 'ok', 'line-is-ours'],
      ['others take a tenth', traffic(1e6, 0, 9e6), 'notice', 'line-is-shared'],
      ['others take most', traffic(8e6, 1e6, 1e6), 'bad', 'line-is-taken'],
      ['others, of a line nobody measured', traffic(8e6, 0, 0), 'notice', 'line-is-shared'],
      ['not told', judgeOtherTraffic(undefined), 'unknown', 'cannot-tell'],
    ],
  ],
  [
    'the machine',
    [
      ['a good disk', judgeDiskSpeed(disk(500e6), 1e7), 'ok', 'disk-fast'],
      ['a slow one', judgeDiskSpeed(disk(20e6), 1e7), 'notice', 'disk-slow'],
      ['one slower than the line', judgeDiskSpeed(disk(80e6), 1e8), 'notice', 'disk-slower-than-line'],
      ['a hopeless one', judgeDiskSpeed(disk(1e6), 0), 'bad', 'disk-very-slow'],
      ['one that is full', judgeDiskSpeed(failed({ class: 'disk-full' }), 0), 'bad', 'failed-disk-full'],
      ['one we may not write to', judgeDiskLatency(failed({ class: 'disk-denied' })), 'bad', 'failed-disk-denied'],
      ['quick flushes', judgeDiskLatency(disk(1, [1, 2, 900])), 'ok', 'disk-fast'],
      ['a busy disk', judgeDiskLatency(disk(1, [90, 101, 150])), 'notice', 'disk-busy'],
      ['a choked one', judgeDiskLatency(disk(1, [1001])), 'bad', 'disk-very-busy'],
      ['room', space(5e11), 'ok', 'space-enough'],
      ['not for all that is listed', space(5e11, 6e11), 'notice', 'space-below-listed'],
      ['little room', space(5e9), 'notice', 'space-short'],
      ['no room', space(5e8), 'bad', 'space-gone'],
      ['200 MB', judgeMemory({ rssBytes: 2e8, freeBytes: 1e9, totalBytes: 8e9 }), 'ok', 'memory-normal'],
      ['800 MB', judgeMemory({ rssBytes: 8e8, freeBytes: 1e9, totalBytes: 8e9 }), 'notice', 'memory-high'],
      ['2 GB', judgeMemory({ rssBytes: 2e9, freeBytes: 1e9, totalBytes: 8e9 }), 'bad', 'memory-very-high'],
      ['flat for an hour', judgeMemorySlope(memory(1e6, 7)), 'ok', 'memory-flat'],
      ['shrinking', judgeMemorySlope(memory(-3e8, 7)), 'ok', 'memory-flat'],
      ['100 MB/h', judgeMemorySlope(memory(1e8, 7)), 'notice', 'memory-grows'],
      ['300 MB/h', judgeMemorySlope(memory(3e8, 7)), 'bad', 'memory-leaks'],
      [
        'one peak among flat ones',
        judgeMemorySlope(memory(0, 7).with(3, { seconds: 1800, rssBytes: 9e8 })),
        'ok',
        'memory-flat',
      ],
      ['two looks are too few', judgeMemorySlope(memory(3e8, 2)), 'unknown', 'memory-too-early'],
      ['none', judgeMemorySlope([]), 'unknown', 'memory-too-early'],
      ['a calm processor', judgeCpu({ busyRatio: 0.3, ownRatio: 0.1, processors: 8 }), 'ok', 'cpu-free'],
      ['a busy one', judgeCpu({ busyRatio: 0.9, ownRatio: 0.1, processors: 8 }), 'notice', 'cpu-busy'],
      ['a full one', judgeCpu({ busyRatio: 0.99, ownRatio: 0.1, processors: 8 }), 'bad', 'cpu-full'],
      ['timers in time', judgeLoopLag(12), 'ok', 'loop-free'],
      ['late', judgeLoopLag(250), 'notice', 'loop-late'],
      ['too late', judgeLoopLag(1500), 'bad', 'loop-blocked'],
    ],
  ],
])('%s', (_, rows) => {
  test.each(rows)('%s', (_situation, answer, verdict, cause) => expect(answer).toMatchObject({ verdict, cause }))
})

test.each(FAILURE_CLASSES)('a failure of class %s is a verdict, and quotes nobody', (failureClass) => {
  const answer = judgeFailure({ class: failureClass, code: 'Code', detail: 'AKIASECRET was refused' })
  expect(answer.verdict).toBe(failureClass === 'cancelled' ? 'unknown' : 'bad')
  expect(JSON.stringify(answer)).not.toContain('AKIA')
})
