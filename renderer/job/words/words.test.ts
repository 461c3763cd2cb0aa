import { describe, expect, it, test } from 'vitest'
import { EVENT_CODES, type EventCode, type Reason } from '../../../shared/engine-event.ts'
import { FAILURE_CLASSES } from '../../../shared/failure.ts'
import { LIMITS } from '../../../shared/metrics-snapshot.ts'
import { jobEn } from '../../i18n/job-en.ts'
import { jobZh } from '../../i18n/job-zh.ts'
import { eventSentence, fieldLabel, fillSentence, fillText, restOfReason } from './fill-sentence.ts'
import {
  formatBytesOf,
  formatCountdown,
  formatDuration,
  formatElapsed,
  formatField,
  formatMegabytes,
  formatMillisecondsPair,
  formatPercent,
  formatTimeLeft,
} from './format-live.ts'
import { formatSuccessRate } from './success-rate.ts'

const time = '2026-01-01T00:00:00.000Z'
const key = 'e5.oper.an.pl/202510/e5.oper.an.pl.128_130_t.ll025sc.2025100100_2025100123.nc'
const host = 'nsf-ncar-era5.s3.us-west-2.amazonaws.com'

/** What the engine sends with each event, and the sentence a user reads. One row for every code. */
const SENTENCES: Record<EventCode, { reason: Reason; zh: string; en: string }> = {
  'job-started': {
    reason: { resumed: true },
    zh: '从断点继续',
    en: 'Resumed where it stopped',
  },
  'listing-finished': {
    reason: { objects: 496, bytes: 676e9, bytesKept: 412_600_000_000, seconds: 1.4 },
    zh: '列举完成：共 496 个对象，合计 676 GB，其中 413 GB 已有，不重复下载，用时 1.4 秒',
    en: 'Listing finished: 496 objects, 676 GB in all, 413 GB kept from before, not fetched again, took 1.4 s',
  },
  'pool-warming': {
    reason: { size: 16 },
    zh: '正在预热连接池... 16 条连接，先解析、握手，再分配数据',
    en: 'Warming up the connection pool... 16 connections, look-up and handshake come before the first data',
  },
  'pool-warmed': {
    reason: { size: 16, seconds: 0.42 },
    zh: '连接池已预热：16 条连接就绪，用时 0.4 秒',
    en: 'Connection pool is warm: 16 connections ready, took 0.4 s',
  },
  'pool-rebuilding': {
    reason: { cause: 'hourly', generation: 3, size: 16 },
    zh: '正在重建连接池... 原因：每小时例行，第 3 代，共 16 条，先预热新连接，旧连接逐一退役，速度不受影响',
    en: 'Rebuilding the connection pool... cause: hourly routine, generation 3, 16 connections, new ones are warm before old ones retire, so the speed holds',
  },
  'pool-rebuilt': {
    reason: { generation: 3, size: 16, seconds: 12.4 },
    zh: '连接池已重建：第 3 代，16 条连接全部更新，用时 12 秒',
    en: 'Connection pool rebuilt: generation 3, all 16 connections renewed, took 12 s',
  },
  'connection-replaced': {
    reason: {
      cause: 'slow',
      address: '52.218.1.2',
      seconds: 10,
      bytesPerSecond: 210_000,
      medianBytesPerSecond: 2_000_000,
    },
    zh: '已更换连接：明显慢于其他连接，地址 52.218.1.2，持续 10 秒，该连接 0.2 MB/s，全池中位数 2.0 MB/s',
    en: 'Connection replaced: far slower than the others, address 52.218.1.2, for 10 s, it ran at 0.2 MB/s, pool median 2.0 MB/s',
  },
  'connection-kept': {
    reason: { freshBytesPerSecond: 1_900_000, medianBytesPerSecond: 2_000_000 },
    zh: '保留现有连接：新连接并不更快，是线路慢，不是连接老化，新连接 1.9 MB/s，全池中位数 2.0 MB/s',
    en: 'Connections kept: a fresh one was no faster, so the line is slow, not their age, fresh one 1.9 MB/s, pool median 2.0 MB/s',
  },
  throttled: {
    reason: { prefix: 'e5.oper.an.pl/', status: 503, successRate: 0.82, retryAfterMs: 2000 },
    zh: 'S3 要求放慢（HTTP 503）：前缀 e5.oper.an.pl/，成功率 82.0 %，服务器要求等待 2.00 s',
    en: 'S3 asks to slow down (HTTP 503): prefix e5.oper.an.pl/, success rate 82.0 %, server asks to wait 2.00 s',
  },
  'throttle-ended': {
    reason: { prefix: 'e5.oper.an.pl/', seconds: 75 },
    zh: '限流结束，逐步恢复请求速率：前缀 e5.oper.an.pl/，历时 1 分 15 秒',
    en: 'Throttling has ended; the request rate is rising again: prefix e5.oper.an.pl/, lasted 1 min 15 s',
  },
  'rate-changed': {
    reason: { prefix: 'e5.oper.an.pl/', requestsPerSecond: 12.5, successRate: 0.91, delayMs: 80 },
    zh: '请求速率调整为 12.5 次/秒：前缀 e5.oper.an.pl/，成功率 91.0 %，请求间隔 80 ms',
    en: 'Request rate set to 12.5 requests/s: prefix e5.oper.an.pl/, success rate 91.0 %, pause between requests 80 ms',
  },
  'concurrency-changed': {
    reason: { from: 8, to: 16, cause: 'growth', goodputBytesPerSecond: 31_800_000 },
    zh: '并发 8 → 16：速度随并发增长，有效速度 31.8 MB/s',
    en: 'Concurrency 8 → 16: speed grew with concurrency, goodput 31.8 MB/s',
  },
  'health-check-failed': {
    reason: { latencyMs: 5400, failure: 'stalled', inARow: 2 },
    zh: '健康检查未通过：应答 5.40 s，停滞，连续第 2 次，连续两次将重建连接池',
    en: 'Health check failed: answered in 5.40 s, Stalled, 2 in a row, two in a row rebuild the pool',
  },
  'health-check-passed': {
    reason: { latencyMs: 84 },
    zh: '健康检查恢复正常：应答 84 ms',
    en: 'Health check passes again: answered in 84 ms',
  },
  'dns-failed': {
    reason: { host, failure: 'dns' },
    zh: `DNS 解析失败：${host}，DNS 失败，自动重试`,
    en: `DNS look-up failed: ${host}, DNS failed, trying again`,
  },
  'dns-stale': {
    reason: { host, ageSeconds: 95 },
    zh: `DNS 暂不可用，继续使用已知地址：${host}，记录已有 1 分 35 秒`,
    en: `DNS does not answer; known addresses stay in use: ${host}, record is 1 min 35 s old`,
  },
  'dns-recovered': {
    reason: { host, seconds: 600 },
    zh: `DNS 恢复正常：${host}，中断 10 分 00 秒`,
    en: `DNS answers again: ${host}, was away for 10 min 00 s`,
  },
  'address-quarantined': {
    reason: { address: '52.218.1.2', cause: 'stalled', seconds: 120 },
    zh: '暂停使用地址 52.218.1.2：停滞，收不到数据，2 分 00 秒后再试',
    en: 'Address 52.218.1.2 set aside: stalled, no data, tried again in 2 min 00 s',
  },
  'address-restored': {
    reason: { address: '52.218.1.2' },
    zh: '重新启用地址 52.218.1.2',
    en: 'Address 52.218.1.2 back in use',
  },
  'cooling-down': {
    reason: { seconds: 300, successRate: 0.41 },
    zh: '开始冷却：关闭全部连接，等待 5 分 00 秒，成功率 41.0 %，之后以一半并发继续',
    en: 'Cooling down: all connections closed, waiting 5 min 00 s, success rate 41.0 %, then on with half the concurrency',
  },
  'cooled-down': {
    reason: { concurrency: 8 },
    zh: '冷却结束，继续下载：并发 8',
    en: 'Cool-down over, downloading again: concurrency 8',
  },
  'time-window-closed': {
    reason: { seconds: 7200, until: '22:00' },
    zh: '不在下载时段，22:00 自动开始：还需等待 2 小时 00 分',
    en: 'Outside the time window, starts at 22:00: in 2 h 00 min',
  },
  'time-window-opened': { reason: {}, zh: '已到下载时段，开始下载', en: 'The time window has opened, downloading' },
  'network-lost': {
    reason: { failure: 'proxy' },
    zh: '新连接都被拒绝（代理失败），等待恢复',
    en: 'No connection is accepted (Proxy failed), waiting',
  },
  'network-restored': {
    reason: { seconds: 62 },
    zh: '网络恢复，继续下载：中断 1 分 02 秒',
    en: 'Network is back, downloading again: was away for 1 min 02 s',
  },
  'object-changed': {
    reason: { key },
    zh: `服务器上的对象已更新，单独重新下载：${key}`,
    en: `Object changed on the server, fetched anew on its own: ${key}`,
  },
  'file-damaged': {
    reason: { key },
    zh: `文件与服务器上的不一致，重新下载：${key}`,
    en: `File is not what the server has, fetched anew: ${key}`,
  },
  'file-set-aside': {
    reason: { key: 'a/b.nc', path: 'b.nc.before-longhaul' },
    zh: '您原有的文件与对象同名，已改名保留：a/b.nc，现为 b.nc.before-longhaul',
    en: 'A file of yours bore the name of an object and was kept: a/b.nc, it is now b.nc.before-longhaul',
  },
  'object-gone': {
    reason: { key, bytes: 263e6 },
    zh: `服务器上已没有该对象，删除其未完成的部分：${key}，删除 263 MB`,
    en: `Object is gone from the server, what was begun of it is removed: ${key}, 263 MB removed`,
  },
  'object-failed': {
    reason: { key, failure: 'denied', attempts: 8 },
    zh: `对象失败：${key}，无权限，已尝试 8 次`,
    en: `Object failed: ${key}, Denied, 8 attempts`,
  },
  'object-retried': { reason: { key }, zh: `重新排队：${key}`, en: `Queued again: ${key}` },
  'path-mapped': {
    reason: { key: 'a/CON.nc', path: 'a/CON%.nc' },
    zh: '键名不能直接用作文件名，已改名：a/CON.nc，存为 a/CON%.nc',
    en: 'Key cannot be a file name as it is, renamed: a/CON.nc, stored as a/CON%.nc',
  },
  'journal-repaired': {
    reason: { bytes: 37 },
    zh: '断点记录的尾部不完整，已截去并修复：截去 37 B',
    en: 'Journal had a torn end: cut and repaired, 37 B cut',
  },
  'disk-full': {
    reason: { path: 'D:\\era5', needBytes: 263e9, freeBytes: 1_200_000 },
    zh: '磁盘空间不足，任务已停下：位置 D:\\era5，还需 263 GB，可用 1.20 MB',
    en: 'Disk full, job stopped: at D:\\era5, 263 GB still needed, 1.20 MB free',
  },
  'files-short': {
    reason: { code: 'EMFILE', connections: 11 },
    zh: '本机不允许再打开更多文件，暂时减少连接：EMFILE，已有连接 11 个',
    en: 'This machine lets us open no more files, so fewer connections for now: EMFILE, 11 connections open',
  },
  'disk-slow': {
    reason: { writeMs: 820 },
    zh: '磁盘写入变慢：单次写入 820 ms',
    en: 'Disk writes have become slow: 820 ms a write',
  },
  'limits-changed': {
    reason: { threadsBefore: 16, threads: 8, limitBytesPerSecond: 20e6 },
    zh: '按您的设置调整：线程 16 → 8，限速 20.0 MB/s',
    en: 'Changed as you set it: threads 16 → 8, speed limit 20.0 MB/s',
  },
  paused: { reason: { cause: 'user' }, zh: '已暂停：用户操作', en: 'Paused: asked by you' },
  resumed: { reason: { cause: 'user' }, zh: '继续下载：用户操作', en: 'Resumed: asked by you' },
  'decay-alert': {
    reason: {
      cause: 'line',
      slopeMegabytesPerSecondPerHour: -2.4,
      confidence: 0.998,
      baselineBytesPerSecond: 32e6,
      bytesPerSecond: 26e6,
      minutesSinceChange: 38,
    },
    zh: '速度衰减警报：可能原因：线路，趋势 −2.40 MB/s/小时，可信度 99.8 %，基准 32.0 MB/s，当前 26.0 MB/s，38 分钟前开始',
    en: 'Speed is decaying: probable cause: the line, trend −2.40 MB/s per hour, 99.8 % sure, baseline 32.0 MB/s, now 26.0 MB/s, began 38 min before',
  },
  'retirement-age-learned': {
    reason: { seconds: 312, tauSeconds: 900, handshakeMs: 54 },
    zh: '测得连接的退役年龄：5 分 12 秒，速度衰减时间常数 15 分 00 秒，建立一条连接需 54 ms',
    en: 'Learned when a connection should retire: 5 min 12 s, its speed decays with time constant 15 min 00 s, a new one costs 54 ms',
  },
  'ageing-refuted': {
    reason: { goodputBytesPerSecond: 1_900_000, beforeBytesPerSecond: 1_930_000 },
    zh: '撤回“连接老化”的结论：换新连接后总速度没有提高，是线路已满，有效速度 1.9 MB/s，此前 1.9 MB/s',
    en: 'Connections do not age after all: with fresh ones the speed as a whole is no higher, the line is full, goodput 1.9 MB/s, before 1.9 MB/s',
  },
  'job-finished': {
    reason: { status: 'completed', seconds: 22_140, objectsUnproven: 3 },
    zh: '任务结束：全部完成，用时 6 小时 09 分，3 个对象无从校验',
    en: 'Job ended: everything complete, took 6 h 09 min, 3 objects had nothing to check against',
  },
}

it('says that a speed limit was taken away', () => {
  const event = { time, code: 'limits-changed', reason: { limitBytesPerSecond: 'none' } } as const
  expect(eventSentence(event, jobZh)).toBe('按您的设置调整：限速 不限')
  expect(eventSentence(event, jobEn)).toBe('Changed as you set it: speed limit none')
})

describe('an event is told in one sentence', () => {
  test.each(EVENT_CODES)('%s', (code) => {
    const { reason, zh, en } = SENTENCES[code]
    expect(eventSentence({ time, code, reason }, jobZh)).toBe(zh)
    expect(eventSentence({ time, code, reason }, jobEn)).toBe(en)
  })

  test.each(EVENT_CODES)('%s, whatever numbers are missing', (code) => {
    const fields = Object.keys(SENTENCES[code].reason)
    for (let present = 0; present < 2 ** fields.length; present++) {
      const reason = Object.fromEntries(
        Object.entries(SENTENCES[code].reason).filter((_, index) => present & (1 << index)),
      )
      for (const words of [jobZh, jobEn]) {
        const sentence = eventSentence({ time, code, reason }, words)
        expect(sentence.length).toBeGreaterThan(1)
        expect(sentence).not.toMatch(/[{}]|undefined|NaN|[,:] *$/)
      }
    }
  })

  it('says numbers it has no words for beside the sentence', () => {
    const event = { time, code: 'pool-rebuilt', reason: { generation: 3, drainedLines: 16, seconds: 4 } } as const
    expect(restOfReason(event, jobEn)).toBe('drained lines 16')
    expect(fieldLabel('firstByteMsP50', jobZh)).toBe('首字节（中位）')
  })
})

describe('both languages are complete', () => {
  it('uses the same numbers in the same places', () => {
    const places = (words: typeof jobZh) =>
      Object.fromEntries(
        Object.entries({ ...words.events, ...words.banners }).map(([name, { lead, details }]) => [
          name,
          [...lead, ...details].flatMap((clause) => clause.match(/\{\w+\}/g) ?? []).sort(),
        ]),
      )
    expect(places(jobEn)).toEqual(places(jobZh))
  })

  it('knows the same values and fields', () => {
    expect(Object.keys(jobEn.values).sort()).toEqual(Object.keys(jobZh.values).sort())
    expect(Object.keys(jobEn.fields).sort()).toEqual(Object.keys(jobZh.fields).sort())
    expect(Object.keys(jobEn.bannerTags).sort()).toEqual(Object.keys(jobZh.bannerTags).sort())
  })

  it('names every failure and limit', () => {
    for (const words of [jobZh, jobEn]) {
      for (const failure of FAILURE_CLASSES) expect(words.failures[failure].action).not.toBe('')
      for (const limit of LIMITS) expect(words.limits[limit].because).not.toBe('')
    }
  })

  it("keeps the seed report's own words", () => {
    expect(jobZh.events['pool-rebuilding'].lead[0]).toBe('正在重建连接池...')
    expect(jobZh.events['pool-rebuilt'].lead[0]).toBe('连接池已重建')
    expect(jobZh.banners.rebuildingWarm.lead[0]).toBe('正在重建连接池...')
    expect(jobEn.events['pool-rebuilding'].lead[0]).toBe('Rebuilding the connection pool...')
    expect(jobEn.events['pool-rebuilt'].lead[0]).toBe('Connection pool rebuilt')
  })
})

describe('time left', () => {
  test.each([
    ['unknown', -1, '正在估算剩余时间', 'Estimating time left'],
    ['nearly there', 4, '剩余几秒', 'A few seconds left'],
    ['seconds go in fives', 43, '剩余 45 秒', '45 s left'],
    ['minutes with tens of seconds', 258, '剩余 4 分 20 秒', '4 min 20 s left'],
    ['above ten minutes only minutes', 1085, '剩余 18 分', '18 min left'],
    ['hours', 8280, '剩余 2 小时 18 分', '2 h 18 min left'],
    ['a round hour keeps its shape', 3600, '剩余 1 小时 00 分', '1 h 00 min left'],
    ['days', 3 * 86_400 + 4 * 3600, '剩余 3 天 4 小时', '3 d 4 h left'],
  ])('%s', (_, seconds, zh, en) => {
    expect(formatTimeLeft(seconds, jobZh)).toBe(zh)
    expect(formatTimeLeft(seconds, jobEn)).toBe(en)
  })
})

describe('a word goes with its number', () => {
  test.each([
    [
      'one of a sentence',
      fillSentence(jobEn.banners.running, { connections: 1 }, jobEn).details,
      '1 connection at work',
    ],
    ['many', fillSentence(jobEn.banners.running, { connections: 16 }, jobEn).details, '16 connections at work'],
    ['none', fillSentence(jobEn.banners.running, { connections: 0 }, jobEn).details, '0 connections at work'],
    ['one in plain text', fillText(jobEn.objects.count, { count: '1' }), '1 object'],
    ['thousands in plain text', fillText(jobEn.objects.count, { count: '1,000' }), '1,000 objects'],
    ['Chinese has one form', fillText(jobZh.objects.count, { count: '1' }), '1 个对象'],
  ])('%s', (_, said, expected) => {
    expect(said).toBe(expected)
  })
})

describe('live figures', () => {
  test.each([
    [formatBytesOf(412.6e9, 676e9), '412.6 / 676.0 GB'],
    [formatBytesOf(0, 1.32e9), '0.00 / 1.32 GB'],
    [formatBytesOf(0, 0), '0 / 0 B'],
    [formatMegabytes(31_800_000), '31.8'],
    [formatMegabytes(40_000), '0.04'],
    [formatMegabytes(3000), '0.003'],
    [formatMegabytes(0), '0.0'],
    [formatMillisecondsPair(84.2, 210), '84 / 210 ms'],
    [formatMillisecondsPair(640, 28_900), '0.6 / 28.9 s'],
    [formatPercent(0.99999), '99.9 %'],
    [formatPercent(1), '100.0 %'],
    [formatPercent(0.61), '61.0 %'],
    [formatCountdown(299), '4:59'],
    [formatCountdown(3723), '1:02:03'],
    [formatElapsed(5400, 1800, jobEn), '1:30:00'],
    [formatElapsed(129_600, 43_200, jobZh), '36 小时'],
    [formatElapsed(1_814_400, 604_800, jobEn), '21 d'],
    [formatDuration(0, jobEn), '0 s'],
    [formatDuration(86_400 * 2, jobZh), '2 天 0 小时'],
    [formatField('successRate', 0.5, jobEn), '50.0 %'],
    [formatField('seconds', Number.NaN, jobEn), '–'],
    [formatField('resumed', true, jobEn), 'Resumed where it stopped'],
    [formatField('anything', true, jobZh), '是'],
    [formatField('endedAt', new Date(2026, 0, 2, 7, 5).toISOString(), jobEn), '2 Jan 2026, 07:05'],
    [formatField('endedAt', 'soon', jobEn), '–'],
    [formatField('cause', 'not-heard-of', jobZh), 'not-heard-of'],
  ])('%s', (shown, expected) => {
    expect(shown).toBe(expected)
  })
})

test.each([
  ['a hundred requests', { successRate: 0.98, recentRequests: 100 }, '98.0 %'],
  ['ten', { successRate: 0.9, recentRequests: 10 }, '90.0 %'],
  ['two refusals and nothing else', { successRate: 0, recentRequests: 2 }, '0/2'],
  ['nothing that has finished', { successRate: 1, recentRequests: 0 }, '–'],
  ['what an older version has kept', { successRate: 0.98 }, '98.0 %'],
])('the success rate of %s', (_, requests, text) => expect(formatSuccessRate(requests)).toBe(text))
