import { expect, test } from 'vitest'
import type { Summary } from '../../../shared/job-state.ts'
import type { Limit } from '../../../shared/metrics-snapshot.ts'
import { emptySummary } from '../../api/jobs/empty-summary.ts'
import { progressLine, summaryLines } from './human-lines.ts'

const running = {
  phase: 'running' as const,
  bytesDone: 5e6,
  bytesTotal: 24e6,
  objectsDone: 1,
  objectsTotal: 6,
  listingComplete: true,
  bytesPerSecond: 2e6,
  secondsLeft: -1,
  waitSeconds: 0,
}

test.each<[string, Limit, string]>([
  ['nothing where the line sets the speed', { code: 'line', evidence: {} }, '2.0 MB/s'],
  [
    'throttling, and for how long',
    { code: 'throttling', evidence: { seconds: 754 } },
    '2.0 MB/s (S3 asks us to slow down, for 12 min 34 s)',
  ],
  [
    'the disk, which has no since',
    { code: 'disk', evidence: { writeMs: 900 } },
    '2.0 MB/s (the disk does not keep up)',
  ],
])('the progress line says what holds the speed down: %s', (_title, limit, end) => {
  expect(progressLine({ ...running, limit }, 200, 'en').split(' | ')[1]).toBe(`5.00 MB / 24.0 MB, 1/6, ${end}`)
})

test.each([
  [1, 'en', '1 object had nothing to check against: the service gives no checksum of it.'],
  [3, 'en', '3 objects had nothing to check against: the service gives no checksum of them.'],
  [3, 'zh', '3 个对象无从校验：服务端没有给出它们的校验和。'],
] as const)('says what could not be checked: %i in %s', (objectsUnproven, language, line) => {
  const { failure: _, ...plain } = emptySummary({ class: 'usage' })
  expect(summaryLines({ ...plain, status: 'completed', objectsDone: 5, objectsUnproven }, language)).toContain(line)
})

test.each([
  [1, 'en', '1 file of yours bore the name of an object and was kept as NAME.before-longhaul beside it.'],
  [2, 'en', '2 files of yours bore the names of objects and were kept as NAME.before-longhaul beside them.'],
  [2, 'zh', '2 个您原有的文件与对象同名，已改名为 文件名.before-longhaul 保留在旁边。'],
] as const)('says what was kept of others: %i in %s', (filesSetAside, language, line) => {
  const { failure: _, ...plain } = emptySummary({ class: 'usage' })
  expect(summaryLines({ ...plain, status: 'completed', objectsDone: 5, filesSetAside }, language)).toContain(line)
})

test.each([
  ['en', '3 objects (3 already there), 5.00 MB, in 0.5 s, 0 retries', '2 listed objects not fetched yet.'],
  ['zh', '3 个对象（其中 3 个早已下载），5.00 MB，用时 0.5 秒，重试 0 次', '已列出的对象中还有 2 个没有下载。'],
] as const)('no speed is told where nothing was fetched, but what is left: %s', (language, totals, left) => {
  const { failure: _, ...plain } = emptySummary({ class: 'usage' })
  const there = { objectsDone: 3, objectsSkipped: 3, objectsLeft: 2, bytesDone: 5e6, seconds: 0.5 }
  expect(summaryLines({ ...plain, ...there, status: 'interrupted' }, language).slice(0, 2)).toEqual([totals, left])
})

test.each([
  ['en', ', listing (no answer from the server yet, for 12 s)'],
  ['zh', '（服务器尚未应答，已 12 秒）'],
] as const)('the progress line says that the listing waits for its first answer: %s', (language, end) => {
  const limit: Limit = { code: 'unanswered', evidence: { seconds: 12 } }
  const line = progressLine({ ...running, phase: 'listing', listingComplete: false, limit }, 200, language)
  expect(line.endsWith(end), line).toBe(true)
})

test.each([
  [100, '=====                     20 % | 5.00 MB / 24.0 MB, 1/6, 2.0 MB/s, 9.5 s left'],
  [60, ' 20 % | 5.00 MB / 24.0 MB, 1/6, 2.0 MB/s, 9.5 s left'],
  [40, ' 20 % | 2.0 MB/s, 9.5 s left'],
  [20, ' 20 % | 2.0 MB/s'],
  [10, ' 20 % | 2.'],
])('in %i columns the speed is the last to go', (columns, line) => {
  const limit = { code: 'line' as const, evidence: {} }
  expect(progressLine({ ...running, limit, secondsLeft: 9.5 }, columns, 'en')).toBe(line)
})

test.each([
  [200, ' 20 % | 5.00 MB / 24.0 MB, 1/6, 2.0 MB/s（S3 要求放慢，已 12 分 34 秒），剩余 2 小时 18 分'],
  [64, ' 20 % | 2.0 MB/s（S3 要求放慢，已 12 分 34 秒），剩余 2 小时 18 分'],
  [50, ' 20 % | 2.0 MB/s（S3 要求放慢，已 12 分 34 秒）'],
  [24, ' 20 % | 2.0 MB/s（S3 要'],
])('in %i columns it is Chinese as well, whose signs take two each', (columns, line) => {
  const limit = { code: 'throttling' as const, evidence: { seconds: 754 } }
  expect(progressLine({ ...running, limit, secondsLeft: 8280 }, columns, 'zh')).toMatch(new RegExp(`${line}$`))
})

test('a phase in which nothing is fetched is said in Chinese, and for how long', () => {
  const resting = {
    ...running,
    phase: 'cooling-down' as const,
    waitSeconds: 90,
    limit: { code: 'none' as const, evidence: {} },
  }
  expect(progressLine(resting, 30, 'zh')).toBe(' 20 % | 冷却中 1 分 30 秒')
})

const ended: Summary = {
  status: 'failed',
  objectsDone: 5,
  objectsFailed: 1,
  objectsSkipped: 0,
  objectsUnproven: 0,
  objectsLeft: 0,
  filesSetAside: 0,
  bytesDone: 5e6,
  bytesFetched: 6e6,
  seconds: 3,
  retries: 0,
  failed: [],
}

test('a file that another program holds open is told from a disk in trouble', () => {
  const message = "EBUSY: another program holds it open: EPERM: operation not permitted, rename 'a.nc.part' -> 'a.nc'"
  const lines = summaryLines({ ...ended, failed: [{ key: 'a.nc', failure: 'disk', message }] }, 'en')
  expect(lines).toContain(`  a.nc: Another program holds the file open. ("${message}")`)
})

test.each([
  ['denied', 'AccessDenied', 'A public bucket needs --no-sign-request'],
  ['corrupt', 'MD5: expected f0, found 0f', 'If no object ever matches, the ETags of this service are no checksums'],
])('where every object has failed as %s, one advice for all stands at the end', (failure, message, advice) => {
  const failed = ['a.nc', 'b.nc'].map((key) => ({ key, failure, message }))
  const all = { ...ended, objectsDone: 0, objectsFailed: 2, failed }
  expect(summaryLines(all, 'en').at(-1)).toContain(advice)
  expect(summaryLines({ ...all, objectsDone: 1 }, 'en').at(-1)).not.toContain(advice)
})

test('no ETag is blamed for objects that differ from their checksums', () => {
  const failed = [{ key: 'a.nc', failure: 'corrupt', message: 'CRC64NVME: expected f0, found 0f' }]
  expect(summaryLines({ ...ended, objectsDone: 0, failed }, 'en').join()).not.toContain('ETag')
})
