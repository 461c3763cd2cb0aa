/** What the operating system sees of the jobs: awake or asleep, a bar, a notification, a question. */
import { describe, expect, test } from 'vitest'
import { JOB_PHASES, type JobPhase } from '../../shared/job-state.ts'
import { emptySummary } from '../api/jobs/empty-summary.ts'
import { commandLineArguments } from './command-line.ts'
import { createJobCompanion } from './job-companion.ts'
import { isUnderWay, isWorthNotifying, type LiveJobs, NO_PROGRESS, type ProgressBar, progressOf } from './judge-jobs.ts'
import { menuTemplate } from './menu.ts'
import { NATIVE_WORDS, systemLanguageOf } from './native-words.ts'
import { guardQuit } from './quit-guard.ts'
import { proxyUrlOf } from './system-proxy.ts'
import {
  createDialogDouble,
  createNotificationDouble,
  createPowerDouble,
  createWindowDouble,
} from './testing/electron-double.ts'
import { sampleJob } from './testing/sample-job.ts'

const AWAKE: JobPhase[] = ['queued', 'starting', 'listing', 'running', 'waiting', 'cooling-down', 'finishing']

test.each(JOB_PHASES)('%s keeps the machine awake only while the job goes on by itself', (phase) => {
  expect(isUnderWay({ phase })).toBe(AWAKE.includes(phase))
})

describe('the bar on the taskbar', () => {
  const job = (phase: JobPhase, bytesDone: number, bytesTotal: number) => ({ phase, bytesDone, bytesTotal })
  test.each<[string, Parameters<typeof progressOf>[0], ProgressBar]>([
    ['no job', [], NO_PROGRESS],
    ['only jobs that have ended', [job('completed', 9, 9), job('failed', 1, 9)], NO_PROGRESS],
    ['one running', [job('running', 1, 4)], { value: 0.25, mode: 'normal' }],
    ['one that does not know its size yet', [job('listing', 0, 0)], { value: 2, mode: 'indeterminate' }],
    ['two running: by bytes', [job('running', 1, 2), job('running', 0, 6)], { value: 0.125, mode: 'normal' }],
    [
      'a paused one does not count beside a running one',
      [job('paused', 0, 6), job('running', 1, 2)],
      { value: 0.5, mode: 'normal' },
    ],
    ['all paused', [job('paused', 3, 6)], { value: 0.5, mode: 'paused' }],
    ['paused before it knew its size', [job('paused', 0, 0)], NO_PROGRESS],
    ['more bytes than the listing said', [job('running', 7, 6)], { value: 1, mode: 'normal' }],
  ])('%s', (_name, jobs, bar) => {
    expect(progressOf(jobs)).toEqual(bar)
  })
})

test.each<[JobPhase | undefined, JobPhase, boolean]>([
  ['running', 'completed', true],
  ['finishing', 'failed', true],
  ['running', 'paused', false],
  ['running', 'cancelled', false],
  ['running', 'interrupted', false],
  ['completed', 'completed', false],
  [undefined, 'completed', false],
])('from %s to %s is worth a notification: %s', (before, now, expected) => {
  expect(isWorthNotifying(before && { phase: before }, { phase: now })).toBe(expected)
})

describe('the companion of the jobs', () => {
  function start({ shouldNotify = true } = {}) {
    const power = createPowerDouble()
    const window = createWindowDouble('longhaul://app/')
    const notifications = createNotificationDouble()
    let clicks = 0
    const companion = createJobCompanion({
      powerSaveBlocker: power.powerSaveBlocker,
      window: window.window,
      notify: notifications.notify,
      words: (job) => NATIVE_WORDS.zh.jobEnded(job),
      shouldNotify: () => shouldNotify,
      onNotificationClick: () => void clicks++,
    })
    const say = (phase: JobPhase, given: Parameters<typeof sampleJob>[0] = {}) =>
      companion.receive({ name: 'job-changed', payload: sampleJob({ phase, ...given }) })
    return { ...power, ...window, ...notifications, companion, say, clicks: () => clicks }
  }

  test('one blocker from the first job to the last, released in between by a pause', () => {
    const { say, held, companion } = start()
    say('running')
    say('running', { jobId: 'job-2' })
    expect([...held.values()]).toEqual(['prevent-app-suspension'])
    expect(companion.countLive()).toEqual({ underWay: 2, queued: 0 })
    say('paused')
    expect(held.size).toBe(1)
    say('paused', { jobId: 'job-2' })
    expect([held.size, companion.countLive()]).toEqual([0, { underWay: 0, queued: 0 }])
    say('running')
    expect(held.size).toBe(1)
    say('completed')
    expect(held.size).toBe(0)
  })

  test('what waits for its turn is not told as running', () => {
    const { say, companion } = start()
    say('running')
    say('queued', { jobId: 'job-2' })
    say('queued', { jobId: 'job-3' })
    say('completed', { jobId: 'job-4' })
    expect(companion.countLive()).toEqual({ underWay: 1, queued: 2 })
  })

  test('a removed job holds nothing', () => {
    const { say, held, progress, companion } = start()
    say('running')
    companion.receive({ name: 'job-removed', payload: { jobId: 'job-1' } })
    expect([held.size, progress.at(-1)]).toEqual([0, [-1, 'none']])
  })

  test('closing lets the machine sleep and clears the bar, but not on a window that is gone', () => {
    const { say, held, progress, state, companion } = start()
    say('running')
    expect(progress).toEqual([[0.25, 'normal']])
    state.isDestroyed = true
    companion.close()
    expect([held.size, progress.length]).toEqual([0, 1])
  })

  test('the end is told once, and a click brings the window', () => {
    const { say, shown, clicks } = start()
    say('running')
    say('completed', { objectsDone: 4, bytesDone: 1000 })
    say('completed', { objectsDone: 4, bytesDone: 1000 })
    expect(shown.map(({ options }) => options)).toEqual([
      { title: '下载完成', body: 's3://era5/e5.oper.an.pl/202510/：4 个文件，1.00 KB，全部就位。' },
    ])
    shown[0]?.emit('click')
    expect(clicks()).toBe(1)
  })

  test('nobody is told who does not want to be', () => {
    const { say, shown } = start({ shouldNotify: false })
    say('running')
    say('completed')
    expect(shown).toEqual([])
  })
})

describe('the end in words', () => {
  test.each<[Parameters<typeof sampleJob>[0], string, string]>([
    [{ phase: 'completed' }, '下载完成', 'Download complete'],
    [{ phase: 'completed', objectsFailed: 2 }, '下载结束，有文件失败', 'Download ended with failures'],
    [{ phase: 'failed', objectsFailed: 2 }, '下载结束，有文件失败', 'Download ended with failures'],
    [{ phase: 'failed' }, '下载中止', 'Download stopped'],
    [{ phase: 'completed', objectsTotal: 0 }, '没有可下载的对象', 'Nothing to download'],
    [
      { phase: 'failed', summary: emptySummary({ class: 'disk-full' }) },
      '磁盘已满，下载停下',
      'The disk is full, the download has stopped',
    ],
  ])('%j', (given, zh, en) => {
    expect(NATIVE_WORDS.zh.jobEnded(sampleJob(given)).title).toBe(zh)
    expect(NATIVE_WORDS.en.jobEnded(sampleJob(given)).title).toBe(en)
  })

  test.each<[string[], 'zh' | 'en']>([
    [['zh-Hans-CN', 'en-US'], 'zh'],
    [['zh-TW'], 'zh'],
    [['en-US', 'zh-CN'], 'en'],
    [['de-DE', 'en-GB'], 'en'],
    [['de-DE'], 'zh'],
    [[], 'zh'],
  ])('a system that prefers %j reads %s', (preferred, language) => {
    expect(systemLanguageOf(preferred)).toBe(language)
  })
})

describe('closing the window', () => {
  function open(jobs: LiveJobs, button: number) {
    const window = createWindowDouble('longhaul://app/')
    const question = createDialogDouble({ button })
    guardQuit({
      window: window.window,
      dialog: question.dialog,
      words: () => NATIVE_WORDS.en.quit,
      countLive: () => jobs,
    })
    return { ...window, ...question }
  }
  const answered = () => new Promise((resolve) => setImmediate(resolve))

  const running = (underWay: number, queued = 0): LiveJobs => ({ underWay, queued })
  test.each<[string, LiveJobs, number, string[], boolean]>([
    ['nothing is running: no question', running(0), 1, [], true],
    ['running, and the user stays', running(2), 1, ['2 downloads are running'], false],
    ['running, and the user leaves', running(1), 0, ['1 download is running'], true],
    ['running and queued, each told as what it is', running(5, 7), 0, ['5 downloads are running, 7 queued'], true],
  ])('%s', async (_name, jobs, button, questions, closed) => {
    const { window, asked, state } = open(jobs, button)
    window.close()
    // Impatience does not open a second question.
    if (!state.isDestroyed) window.close()
    await answered()
    expect([asked, state.isDestroyed]).toEqual([questions, closed])
  })

  test('who stayed is asked again the next time', async () => {
    const { window, asked } = open(running(1), 1)
    window.close()
    await answered()
    window.close()
    await answered()
    expect(asked).toHaveLength(2)
  })
})

test.each<[string, string]>([
  ['DIRECT', ''],
  ['', ''],
  ['PROXY proxy.example:3128', 'http://proxy.example:3128'],
  ['PROXY a:1; PROXY b:2; DIRECT', 'http://a:1'],
  ['HTTPS secure.example:443', 'https://secure.example:443'],
  ['SOCKS5 s:1080; PROXY a:1', 'socks5://s:1080'],
  ['SOCKS s:1080', 'socks5://s:1080'],
  ['DIRECT; PROXY a:1', ''],
  ['PROXY [2001:db8::1]:3128', 'http://[2001:db8::1]:3128'],
  ['PROXY', ''],
])('the system proxy "%s" is "%s"', (answer, url) => {
  expect(proxyUrlOf(answer)).toBe(url)
})

test.each<[string[], string[] | undefined]>([
  [['Longhaul.exe'], undefined],
  [['electron', '.', '--no-sandbox'], undefined],
  [
    ['Longhaul.exe', '--cli', '--', 'get', 's3://b/p', 'D:\\x'],
    ['get', 's3://b/p', 'D:\\x'],
  ],
  [
    ['electron', '.', '--cli', 'ls', 's3://b'],
    ['ls', 's3://b'],
  ],
  [
    ['/usr/bin/longhaul', 'get', 's3://b/p', '/data'],
    ['get', 's3://b/p', '/data'],
  ],
  [
    ['/usr/bin/longhaul', '--no-sandbox', 'get', '--include', '--cli'],
    ['get', '--include', '--cli'],
  ],
  [['/usr/bin/longhaul', 'gett'], ['gett']],
  [['/usr/bin/longhaul', '--version'], ['--version']],
  [['/usr/bin/longhaul', '--no-sandbox'], undefined],
  [['/usr/bin/longhaul', '--ozone-platform=wayland'], undefined],
  [['/usr/bin/longhaul', 's3://b/p'], undefined],
  [['Longhaul.exe', 'C:\\data'], undefined],
  [['Longhaul.exe', '--cli'], []],
  [
    ['Longhaul.exe', '--cli', '--', 'get', '--', 'x'],
    ['get', '--', 'x'],
  ],
])('%j runs the command line with %j', (argv, expected) => {
  expect(commandLineArguments(argv, true)).toEqual(expected)
  expect(commandLineArguments(argv, false)).toEqual(expected ?? ['web'])
})

test.each([true, false])('developer tools are in the menu only in development: %s', (isDevelopment) => {
  const text = JSON.stringify(menuTemplate(NATIVE_WORDS.en.menu, { isMac: false, isDevelopment }))
  expect(text.includes('toggleDevTools')).toBe(isDevelopment)
})
