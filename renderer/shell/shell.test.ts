import { describe, expect, test } from 'vitest'
import { JOB_PHASES } from '../../shared/job-state.ts'
import { zh } from '../i18n/zh.ts'
import { jobFraction, jobMood, jobName, nameJobs, wholePercent } from './job-label.ts'
import { parseRoute, type Route, routeHash } from './route.ts'

describe('routes', () => {
  test.each<Route>([
    { page: 'new' },
    { page: 'settings' },
    { page: 'diagnosis' },
    { page: 'logs' },
    { page: 'job', jobId: 'a/b 1#?' },
  ])('%o and back', (route) => {
    expect(parseRoute(routeHash(route))).toEqual(route)
  })
  test.each(['', '#', '#/nowhere', '#/job', '#/job/', '#/job/a/b', '#token=x'])('%s leads to the form', (hash) => {
    expect(parseRoute(hash)).toEqual({ page: 'new' })
  })
  test('a broken escape is taken as it is', () => {
    expect(parseRoute('#/job/%E0%A4%A')).toEqual({ page: 'job', jobId: '%E0%A4%A' })
  })
})

test.each([
  ['e5.oper.an.pl/202510/', '202510'],
  ['e5.oper.an.pl/202510/file.nc', 'file.nc'],
  ['era5/t/2025/10/', '2025/10'],
  ['era5/t/2025/10/05/', '2025/10/05'],
  ['25/', 'bucket/25'],
  ['', 'bucket'],
  ['/', 'bucket'],
])('the job of prefix "%s" is called %s', (prefix, name) => expect(jobName({ bucket: 'bucket', prefix })).toBe(name))

test.each<[string, string[], string[]]>([
  ['alone', ['s3://era5/t/2025/'], ['2025']],
  ['told apart by the folder above', ['s3://era5/t/2025/', 's3://era5/u/2025/'], ['t/2025', 'u/2025']],
  ['told apart by the bucket', ['s3://era5/2025/', 's3://goes/2025/'], ['era5/2025', 'goes/2025']],
  [
    'the others stay short',
    ['s3://era5/t/2025/', 's3://era5/u/2025/', 's3://era5/t/2024/'],
    ['t/2025', 'u/2025', '2024'],
  ],
  [
    'what is between tells nothing',
    ['s3://era5/pl/x/2025/', 's3://goes/pl/x/2025/', 's3://era5/pl/y/2025/'],
    ['era5/…/2025', 'goes/…/2025', 'y/2025'],
  ],
  [
    'what is between tells them apart',
    ['s3://a/x/25/', 's3://a/y/25/', 's3://b/x/25/', 's3://b/y/25/'],
    ['a/x/25', 'a/y/25', 'b/x/25', 'b/y/25'],
  ],
  [
    'a month has its year with it, whatever stands before',
    ['s3://era5/t/2025/10/', 's3://goes/t/2025/10/', 's3://era5/t/2025/11/'],
    ['era5/…/2025/10', 'goes/…/2025/10', '2025/11'],
  ],
  ['one within the other', ['s3://a/a/', 's3://a/'], ['a/a', 'a']],
  ['the same twice', ['s3://era5/t/2025/', 's3://era5/t/2025/'], ['2025', '2025']],
  [
    'the same place into two folders',
    ['s3://era5/t/2025/ D:\\one\\', 's3://era5/t/2025/ D:\\two', 's3://era5/t/2024/ D:\\two'],
    ['2025 → one', '2025 → two', '2024'],
  ],
  [
    'the same place into two folders of one name',
    ['s3://era5/t/2025/ D:\\2025', 's3://era5/t/2025/ /mnt/2025'],
    ['2025 → D:\\2025', '2025 → /mnt/2025'],
  ],
])('names of jobs, %s', (_, addresses, expected) => {
  const jobs = addresses.map((address, index) => {
    const [, bucket = '', prefix = '', destination = ''] = /^s3:\/\/([^/]+)\/(\S*) ?(.*)$/.exec(address) ?? []
    return { jobId: String(index), spec: { source: { bucket, prefix }, destination } }
  })
  expect([...nameJobs(jobs).values()]).toEqual(expected)
})

test.each([
  ['nothing known yet', { phase: 'listing', objectsTotal: 0, bytesDone: 0, bytesTotal: 0 }, undefined],
  ['half', { phase: 'running', objectsTotal: 2, bytesDone: 5, bytesTotal: 10 }, 0.5],
  ['all of two empty objects', { phase: 'completed', objectsTotal: 2, bytesDone: 0, bytesTotal: 0 }, 1],
  ['nothing was found', { phase: 'completed', objectsTotal: 0, bytesDone: 0, bytesTotal: 0 }, undefined],
  ['never above one', { phase: 'running', objectsTotal: 2, bytesDone: 12, bytesTotal: 10 }, 1],
] as const)('progress: %s', (_, job, fraction) => expect(jobFraction(job)).toBe(fraction))

test.each([
  [0.9999, 99],
  [1, 100],
  [0.619, 61],
])('%d is shown as %d %%', (fraction, percent) => expect(wholePercent(fraction)).toBe(percent))

test.each(JOB_PHASES)('phase %s has a word', (phase) => {
  for (const objectsTotal of [0, 2])
    for (const objectsFailed of [0, objectsTotal])
      expect(zh.shell.phases[jobMood({ phase, objectsTotal, objectsFailed }).word]).toBeTruthy()
})

test('a job that found nothing is no success', () => {
  expect(jobMood({ phase: 'completed', objectsTotal: 0, objectsFailed: 0 })).toEqual({
    word: 'nothingFound',
    mood: 'healing',
  })
})
