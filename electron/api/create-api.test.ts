import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CallInput, JobView, Push } from '../../shared/ipc-contract.ts'
import { DEFAULT_SETTINGS } from '../../shared/settings.ts'
import { createApi } from './create-api.ts'
import { createDispatcher, type Dispatch } from './dispatch.ts'
import { systemClock } from './system-clock.ts'
import { createFakeEngine, type FakeEngine, sampleObject } from './testing/fake-engine.ts'
import { createSessionVault } from './vault.ts'

let stateFolder: string
let problems: string[]
const closers: Array<() => Promise<void>> = []

beforeEach(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'longhaul-state-'))
  problems = []
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  await rm(stateFolder, { recursive: true })
})

const SPEC: CallInput<'jobs.start'> = {
  source: { bucket: 'era5', prefix: 'e5.oper.an.pl/202510/' },
  destination: '/data/era5',
}

async function open(engine: FakeEngine = createFakeEngine()) {
  const api = await createApi({
    host: 'web',
    vault: createSessionVault(),
    workers: { dataPlaneUrl: new URL('file:///none'), verifyUrl: new URL('file:///none') },
    stateFolder,
    defaultFolder: '/data',
    systemLanguage: 'en',
    version: '1.2.3',
    clock: systemClock,
    environment: { HOME: stateFolder },
    logProblem: (where, error) => void problems.push(`${where}: ${error}`),
    engine,
  })
  closers.push(api.close)
  const pushes: Push[] = []
  api.subscribe((push) => void pushes.push(push))
  const call: Dispatch = createDispatcher(api.handlers, (where, error) => void problems.push(`${where}: ${error}`))
  const value = async (name: string, input: unknown = {}) => {
    const outcome = await call(name, input)
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.failure))
    return outcome.value
  }
  const start = async () => {
    const job = (await value('jobs.start', SPEC)) as JobView
    await expect.poll(() => engine.downloads.length).toBeGreaterThan(0)
    return { jobId: job.jobId, download: engine.downloads.at(-1) as (typeof engine.downloads)[number] }
  }
  const phaseOf = async (jobId: string) =>
    ((await value('jobs.list')) as JobView[]).find((job) => job.jobId === jobId)?.phase
  return { api, engine, pushes, call, value, start, phaseOf }
}

describe('the border refuses, by the name of the field', () => {
  test.each([
    ['an unknown call', 'jobs.explode', {}, { code: 'unknown-call', subject: 'jobs.explode' }],
    ['a name from the prototype', 'constructor', {}, { code: 'unknown-call' }],
    ['no input at all', 'jobs.pause', undefined, { code: 'bad-input' }],
    ['a missing field', 'jobs.pause', {}, { subject: 'jobId' }],
    ['a field of the wrong type', 'jobs.events', { jobId: 'a', limit: 'many' }, { subject: 'limit' }],
    ['too many threads', 'jobs.start', { ...SPEC, threads: 1000 }, { subject: 'threads' }],
    [
      'a speed limit of nothing',
      'jobs.setLimits',
      { jobId: 'x', threads: 4, limitBytesPerSecond: 0 },
      { subject: 'limitBytesPerSecond' },
    ],
    [
      'an address that is none',
      'jobs.start',
      { ...SPEC, source: { ...SPEC.source, endpointUrl: 'x' } },
      { subject: 'source.endpointUrl' },
    ],
    ['a policy with an unknown name', 'jobs.start', { ...SPEC, policy: { stallHours: 1 } }, { subject: 'stallHours' }],
    ['a contradictory policy', 'jobs.start', { ...SPEC, policy: { retryBaseSeconds: 30 } }, { code: 'policy' }],
    ['a relative destination', 'jobs.start', { ...SPEC, destination: 'data' }, { subject: 'destination' }],
    ['a job that is not there', 'jobs.pause', { jobId: 'x' }, { code: 'unknown-job', subject: 'x' }],
    ['a native dialog in a browser', 'folder.choose', { startAt: '' }, { code: 'desktop-only' }],
  ])('%s', async (_, name, input, failure) => {
    const { call } = await open()
    expect(await call(name, input)).toMatchObject({ ok: false, failure: { class: 'usage', ...failure } })
    expect(problems).toEqual([])
  })

  test('a bug becomes one failure without a stack trace, and a line in the log', async () => {
    const { api } = await open()
    const call = createDispatcher(
      { ...api.handlers, 'jobs.list': () => Promise.reject(new Error('secret path /root')) },
      (where, error) => void problems.push(`${where}: ${error}`),
    )
    const outcome = await call('jobs.list', {})
    expect(outcome).toEqual({ ok: false, failure: { class: 'usage', code: 'internal', subject: 'jobs.list' } })
    expect(problems).toEqual(['jobs.list: Error: secret path /root'])
  })
})

describe('a job', () => {
  test('runs, is paused, resumed and completed; everyone hears of each change', async () => {
    const { start, value, pushes, phaseOf } = await open()
    const { jobId, download } = await start()
    download.tick({ bytesDone: 500 })
    download.event('pool-warmed')
    await value('jobs.pause', { jobId })
    expect(await phaseOf(jobId)).toBe('paused')
    await value('jobs.resume', { jobId })
    await value('jobs.rebuildPool', { jobId })
    await value('jobs.retry', { jobId, indexes: [3] })
    expect(download.commands).toEqual(['pause', 'resume', 'rebuildPool', 'retry 3'])
    download.tick({ bytesDone: 1000 })
    download.end()
    await expect.poll(() => phaseOf(jobId)).toBe('completed')
    const phases = pushes.flatMap((push) => (push.name === 'job-changed' ? [push.payload.phase] : []))
    expect(phases).toEqual(['starting', 'running', 'paused', 'running', 'completed'])
    expect(pushes.filter((push) => push.name === 'event')).toHaveLength(1)
    expect(await value('jobs.snapshot', { jobId })).toMatchObject({ bytesDone: 1000 })
    expect(await value('jobs.events', { jobId, limit: 10 })).toMatchObject([{ code: 'pool-warmed' }])
    expect(problems).toEqual([])
  })

  test('that changes only its numbers is told at most once per second', async () => {
    const { start, pushes } = await open()
    const { download } = await start()
    for (let tick = 0; tick < 200; tick++) download.tick({ bytesDone: tick })
    const changed = pushes.filter((push) => push.name === 'job-changed' && push.payload.phase === 'running')
    expect(changed.length).toBeLessThanOrEqual(2)
  })

  test('paused before the engine is up is paused when it is', async () => {
    const { value, engine } = await open()
    const job = (await value('jobs.start', SPEC)) as JobView
    await value('jobs.pause', { jobId: job.jobId })
    await expect.poll(() => engine.downloads[0]?.commands).toEqual(['pause'])
  })

  test('takes other threads and another speed limit while it runs, and keeps them for its next run', async () => {
    const { start, value, engine, pushes, phaseOf } = await open()
    const { jobId, download } = await start()
    await value('jobs.setLimits', { jobId, threads: 4, limitBytesPerSecond: 5e6 })
    download.tick()
    await value('jobs.setLimits', { jobId, threads: 'auto' })
    expect(download.commands).toEqual(['setLimits 4 5000000', 'setLimits auto none'])
    const specs = pushes.flatMap((push) => (push.name === 'job-changed' ? [push.payload.spec] : []))
    expect(specs.at(-1)).toMatchObject({ threads: 'auto' })
    expect(specs.at(-1)).not.toHaveProperty('limitBytesPerSecond')
    await value('jobs.cancel', { jobId })
    await expect.poll(() => phaseOf(jobId)).toBe('cancelled')
    await value('jobs.setLimits', { jobId, threads: 2 })
    await value('jobs.resume', { jobId })
    await expect.poll(() => engine.downloads.length).toBe(2)
    expect(engine.downloads[1]?.request.spec.threads).toBe(2)
  })

  test('whose limits change before the engine is up has the new ones when it is', async () => {
    const { value, engine } = await open()
    const job = (await value('jobs.start', SPEC)) as JobView
    await value('jobs.setLimits', { jobId: job.jobId, threads: 4 })
    await expect.poll(() => engine.downloads.length).toBe(1)
    const { request, commands } = engine.downloads[0] as (typeof engine.downloads)[number]
    expect(request.spec.threads === 4 || commands.includes('setLimits 4 none')).toBe(true)
  })

  test('that was cancelled can be resumed, with the same id and form', async () => {
    const { start, value, engine, phaseOf } = await open()
    const { jobId } = await start()
    await value('jobs.cancel', { jobId })
    await expect.poll(() => phaseOf(jobId)).toBe('cancelled')
    await value('jobs.resume', { jobId })
    await expect.poll(() => engine.downloads.length).toBe(2)
    expect(engine.downloads[1]?.request.spec.destination).toBe('/data/era5')
  })

  test('is refused while another one writes to the same folder', async () => {
    const { start, call } = await open()
    await start()
    expect(await call('jobs.start', { ...SPEC, destination: '/data/x/../era5' })).toMatchObject({
      ok: false,
      failure: { class: 'locked' },
    })
  })

  describe('beyond those that may be at work at once', () => {
    const begin = async ({ value }: Awaited<ReturnType<typeof open>>, name: string) =>
      ((await value('jobs.start', { ...SPEC, destination: `/data/${name}` })) as JobView).jobId
    const openForOne = async () => {
      const opened = await open()
      await opened.value('settings.write', { ...DEFAULT_SETTINGS, jobsAtOnce: 1 })
      const [first, second, third] = [await begin(opened, 'a'), await begin(opened, 'b'), await begin(opened, 'c')]
      const phases = async () => Promise.all([first, second, third].map(opened.phaseOf))
      const foldersBegun = () => opened.engine.downloads.map(({ request }) => request.spec.destination)
      await expect.poll(() => opened.engine.downloads.length).toBe(1)
      return { ...opened, first, second, third, phases, foldersBegun }
    }

    test('waits, and begins in its turn when one ends', async () => {
      const { engine, phases, foldersBegun } = await openForOne()
      expect(await phases()).toEqual(['starting', 'queued', 'queued'])
      engine.downloads[0]?.end()
      await expect.poll(phases).toEqual(['completed', 'starting', 'queued'])
      await expect.poll(() => engine.downloads.length).toBe(2)
      engine.downloads[1]?.end({ status: 'failed' })
      await expect.poll(foldersBegun).toEqual(['/data/a', '/data/b', '/data/c'])
    })

    test('begins when one is paused; who goes on again puts nobody aside', async () => {
      const { value, first, second, phases, engine } = await openForOne()
      await value('jobs.pause', { jobId: first })
      await expect.poll(phases).toEqual(['paused', 'starting', 'queued'])
      await value('jobs.resume', { jobId: first })
      expect(await phases()).toEqual(['running', 'starting', 'queued'])
      await expect.poll(() => engine.downloads.length).toBe(2)
      await value('jobs.cancel', { jobId: second })
      expect(await phases()).toEqual(['running', 'cancelled', 'queued'])
    })

    test('begins now where its user says so, or when more are allowed', async () => {
      const { value, third, phases, foldersBegun } = await openForOne()
      await value('jobs.resume', { jobId: third })
      expect(await phases()).toEqual(['starting', 'queued', 'starting'])
      await value('settings.write', { ...DEFAULT_SETTINGS, jobsAtOnce: 3 })
      await expect.poll(foldersBegun).toEqual(['/data/a', '/data/c', '/data/b'])
    })

    test('is paused, cancelled and removed like any other, without having begun', async () => {
      const { value, second, third, phases, engine } = await openForOne()
      await value('jobs.pause', { jobId: second })
      await value('jobs.cancel', { jobId: third })
      expect(await phases()).toEqual(['starting', 'paused', 'cancelled'])
      await value('jobs.resume', { jobId: third })
      await value('jobs.resume', { jobId: second })
      expect(await phases()).toEqual(['starting', 'queued', 'queued'])
      await value('jobs.remove', { jobId: third })
      engine.downloads[0]?.end()
      await expect.poll(phases).toEqual(['completed', 'starting', undefined])
      await expect.poll(() => engine.downloads.length).toBe(2)
    })

    test('keeps its folder from others, and what is set for it', async () => {
      const { call, value, second, engine } = await openForOne()
      expect(await call('jobs.start', { ...SPEC, destination: '/data/b' })).toMatchObject({
        failure: { class: 'locked' },
      })
      await value('jobs.setLimits', { jobId: second, threads: 7 })
      engine.downloads[0]?.end()
      await expect.poll(() => engine.downloads[1]?.request.spec.threads).toBe(7)
    })

    test('is offered at the next start when the program ends first', async () => {
      const { api, engine } = await openForOne()
      await api.close()
      expect(engine.downloads).toHaveLength(1)
      const { value } = await open()
      const phases = ((await value('jobs.list')) as JobView[]).map(({ phase }) => phase)
      expect(phases).toEqual(['interrupted', 'interrupted', 'interrupted'])
    })
  })

  test('started anew in the folder of one that ended goes on as that one: one job, its history, the new settings', async () => {
    const { start, value, phaseOf } = await open()
    const { jobId, download } = await start()
    download.event('pool-warmed')
    await value('jobs.cancel', { jobId })
    download.end({ status: 'interrupted' })
    await expect.poll(() => phaseOf(jobId)).toBe('cancelled')
    const again = (await value('jobs.start', { ...SPEC, threads: 4 })) as JobView
    expect(again).toMatchObject({ jobId, phase: 'starting', spec: { threads: 4 } })
    expect(await value('jobs.list')).toHaveLength(1)
    expect(await value('jobs.events', { jobId, limit: 10 })).toMatchObject([{ code: 'pool-warmed' }])
  })

  test('that cannot begin has failed, with the reason', async () => {
    const { value } = await open(createFakeEngine({ startFailure: { class: 'credentials', code: 'gone' } }))
    await value('jobs.start', SPEC)
    await expect
      .poll(() => value('jobs.list'))
      .toMatchObject([{ phase: 'failed', summary: { failure: { code: 'gone' } } }])
  })

  describe('that was ended by what passes', () => {
    const OUTAGE = { status: 'failed', failure: { class: 'connect', code: 'network-gone' } } as const
    const waiting = async () => {
      const opened = await open()
      const { jobId, download } = await opened.start()
      download.tick({ bytesDone: 500, phase: 'failed', bytesPerSecond: 0 })
      download.end({ ...OUTAGE, bytesFetched: 500 })
      await expect.poll(() => opened.phaseOf(jobId)).toBe('waiting')
      return { ...opened, jobId }
    }

    test('waits, tells why, and shows what was known', async () => {
      const { value, jobId, call } = await waiting()
      expect(await value('jobs.list')).toMatchObject([{ bytesDone: 500, summary: OUTAGE }])
      expect(await value('jobs.snapshot', { jobId })).toMatchObject({ phase: 'waiting', bytesDone: 500 })
      expect(await call('jobs.start', SPEC)).toMatchObject({ failure: { class: 'locked' } })
    })

    test.each(['jobs.resume', 'jobs.retry'])(
      'begins at once where its user does not want to wait: %s',
      async (name) => {
        const { value, engine, phaseOf, jobId } = await waiting()
        await value(name, { jobId })
        await expect.poll(() => engine.downloads.length).toBe(2)
        expect(await phaseOf(jobId)).toBe('starting')
        expect((await value('jobs.list')) as JobView[]).not.toMatchObject([{ summary: OUTAGE }])
        // Nobody lists for it yet: what is known stays.
        engine.downloads[1]?.tick({ phase: 'listing', objectsTotal: 0, bytesTotal: 0 })
        expect(await value('jobs.list')).toMatchObject([{ phase: 'listing', bytesDone: 500 }])
        engine.downloads[1]?.end({ ...OUTAGE, bytesFetched: 0 })
        await expect.poll(() => phaseOf(jobId)).toBe('waiting')
      },
    )

    test.each([
      ['jobs.pause', 'paused'],
      ['jobs.cancel', 'cancelled'],
    ])('stays where its user leaves it: %s', async (name, phase) => {
      const { value, phaseOf, jobId } = await waiting()
      await value(name, { jobId })
      expect(await phaseOf(jobId)).toBe(phase)
    })

    test('goes on at its user’s next sign-in, where the machine went down meanwhile', async () => {
      const { api, jobId } = await waiting()
      await api.close('machine-down')
      expect((await open()).api.tornOff).toEqual([jobId])
    })

    test('goes on by itself when its drive is there again', async () => {
      const { value, engine, phaseOf } = await open()
      const destination = join(stateFolder, 'drive')
      const { jobId } = (await value('jobs.start', { ...SPEC, destination })) as JobView
      await expect.poll(() => engine.downloads.length).toBe(1)
      await mkdir(join(destination, '.longhaul'), { recursive: true })
      engine.downloads[0]?.end({ status: 'failed', failure: { class: 'disk-gone' } })
      await expect.poll(() => engine.downloads.length).toBe(2)
      expect(await phaseOf(jobId)).toBe('starting')
      expect(await value('jobs.events', { jobId, limit: 10 })).toMatchObject([
        { code: 'resumed', reason: { cause: 'drive' } },
      ])
    })
  })

  test('can be removed while it runs: it is stopped first and leaves no file', async () => {
    const { start, value, pushes } = await open()
    const { jobId, download } = await start()
    download.event('job-started')
    await value('jobs.remove', { jobId })
    expect(download.commands).toEqual(['cancel'])
    expect(await value('jobs.list')).toEqual([])
    expect(pushes.at(-1)).toEqual({ name: 'job-removed', payload: { jobId } })
    expect(await readdir(join(stateFolder, 'jobs'))).toEqual([])
  })

  test('begun anew from another window while it is being removed is removed all the same', async () => {
    const { api, start, value, engine } = await open()
    const { jobId } = await start()
    const cancelled = Promise.withResolvers<void>()
    api.subscribe((push) => {
      if (push.name === 'job-changed' && push.payload.phase === 'cancelled') cancelled.resolve()
    })
    const resumed = cancelled.promise.then(() => value('jobs.resume', { jobId }))
    await Promise.all([value('jobs.remove', { jobId }), resumed])
    expect(engine.downloads.map(({ commands }) => commands)).toEqual([['cancel'], ['cancel']])
    expect(await value('jobs.list')).toEqual([])
    expect(await readdir(join(stateFolder, 'jobs'))).toEqual([])
    expect(problems).toEqual([])
  })

  test('that has just ended keeps its list of objects, however many that began later have ended before it', async () => {
    const { value, engine } = await open()
    const jobIds: string[] = []
    for (const name of ['long', 'b', 'c', 'd', 'e']) {
      const job = (await value('jobs.start', { ...SPEC, destination: `/data/${name}` })) as JobView
      jobIds.push(job.jobId)
      await expect.poll(() => engine.downloads.length).toBe(jobIds.length)
    }
    for (const download of engine.downloads.toReversed()) download.end()
    await expect
      .poll(async () => (await value('jobs.list')) as JobView[])
      .toSatisfy((jobs: JobView[]) => jobs.every(({ phase }) => phase === 'completed'))
    const known = await Promise.all(
      jobIds.map(
        async (jobId) =>
          (
            (await value('jobs.objects', { jobId, filter: 'all', search: '', offset: 0, limit: 1 })) as {
              total: number
            }
          ).total,
      ),
    )
    expect(known).toEqual([1, 1, 1, 0, 0])
  })

  test('asked to try again while it ends runs once more when it has ended', async () => {
    const { start, value, engine, phaseOf } = await open()
    const { jobId, download } = await start()
    download.tick({ phase: 'finishing' })
    await value('jobs.retry', { jobId })
    await value('jobs.retry', { jobId })
    download.end({ status: 'failed', objectsFailed: 1 })
    await expect.poll(() => engine.downloads.length).toBe(2)
    expect(await phaseOf(jobId)).toBe('starting')
  })

  test('takes the policy of the settings, its own overrides win', async () => {
    const { value, start } = await open()
    const settings = (await value('settings.read')) as object
    await value('settings.write', { ...settings, policy: { stallSeconds: 9, slowSeconds: 20 } })
    const { download } = await start()
    expect(download.request.policy).toMatchObject({ stallSeconds: 9, slowSeconds: 20, healthCheckSeconds: 60 })
  })
})

describe('after a restart', () => {
  test('a job that was running is offered for resume, with its history and events', async () => {
    const first = await open()
    const { jobId, download } = await first.start()
    download.event('throttled')
    for (let tick = 1; tick <= 30; tick++) download.tick({ bytesPerSecond: 7 })
    await closers.pop()?.()
    expect(download.commands).toEqual(['cancel'])

    const second = await open()
    expect(await second.value('jobs.list')).toMatchObject([{ jobId, phase: 'interrupted', spec: SPEC }])
    const history = await second.value('jobs.history', { jobId, sinceSeconds: 0 })
    expect(history).toMatchObject({ marks: [{ code: 'throttled' }] })
    expect((history as { time: number[] }).time.length).toBeGreaterThanOrEqual(29)
    await second.value('jobs.resume', { jobId })
    await expect.poll(() => second.engine.downloads.length).toBe(1)
  })

  test('the last numbers of a job, what held it, and its whole history as a table are still there', async () => {
    const first = await open()
    const { jobId, download } = await first.start()
    for (let tick = 0; tick <= 20; tick++) {
      const limit = { code: tick < 15 ? ('line' as const) : ('throttling' as const), evidence: {} }
      download.tick({ bytesDone: tick, rssBytes: 130e6, dnsMs: 0, limit })
    }
    await closers.pop()?.()

    const second = await open()
    expect(await second.value('jobs.snapshot', { jobId })).toMatchObject({ bytesDone: 20, phase: 'interrupted' })
    const [job] = (await second.value('jobs.list')) as JobView[]
    expect(Object.keys(job?.limitSeconds ?? {})).toEqual(['line', 'throttling'])
    const csv = (await second.value('jobs.historyCsv', { jobId })) as { fileName: string; text: string }
    expect(csv.fileName).toMatch(/^longhaul-202510-\d{8}\.csv$/)
    const [header, ...rows] = csv.text.trimEnd().split('\n')
    expect(header).toMatch(/^time \(UTC\),elapsed \(h\),stands for \(s\),speed \(bytes\/s\),/)
    expect(rows.length).toBeGreaterThanOrEqual(19)
    // A look-up that never took place is an empty cell, memory is a number.
    expect(rows[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z,.*,,.*,130000000,/)
    await second.value('jobs.remove', { jobId })
    expect((await readdir(join(stateFolder, 'jobs'))).filter((name) => name.startsWith(jobId))).toEqual([])
  })

  test('a job of a program that was killed is interrupted as well', async () => {
    const { start } = await open()
    const { jobId } = await start()
    const saved = () => readFile(join(stateFolder, 'jobs', `${jobId}.json`), 'utf8')
    await expect.poll(async () => JSON.parse(await saved()).phase).toBe('starting')
    // A second program over the same state folder sees what a kill -9 would have left.
    const second = await open()
    expect(await second.phaseOf(jobId)).toBe('interrupted')
  })

  test('of the machine: what was at work or queued goes on at its user’s next sign-in, and says so; what they left does not', async () => {
    const first = await open()
    await first.value('settings.write', { ...DEFAULT_SETTINGS, jobsAtOnce: 1 })
    const begin = async (name: string) =>
      ((await first.value('jobs.start', { ...SPEC, destination: join(stateFolder, name) })) as JobView).jobId
    const left = await begin('left')
    await expect.poll(() => first.engine.downloads.length).toBe(1)
    await first.api.close()

    const second = await open()
    expect(second.api.tornOff).toEqual([])
    const start = async (name: string) => {
      const destination = join(stateFolder, name)
      await mkdir(destination)
      return ((await second.value('jobs.start', { ...SPEC, destination })) as JobView).jobId
    }
    const paused = await start('paused')
    await expect.poll(() => second.engine.downloads.length).toBe(1)
    await second.value('jobs.pause', { jobId: paused })
    const running = await start('running')
    await expect.poll(() => second.engine.downloads.length).toBe(2)
    second.engine.downloads[1]?.tick({ bytesDone: 500 })
    const queued = await start('queued')
    await second.api.close('machine-down')

    // Restarted twice in a row.
    await open()
    const third = await open()
    expect(third.api.tornOff).toEqual([running, queued])
    const phases = ((await third.value('jobs.list')) as JobView[]).map(({ phase }) => phase)
    expect(phases).toEqual(['interrupted', 'paused', 'interrupted', 'interrupted'])
    third.api.goOnAfterRestart()
    await expect.poll(() => third.phaseOf(queued)).toBe('queued')
    expect([await third.phaseOf(left), await third.phaseOf(paused)]).toEqual(['interrupted', 'paused'])
    await expect.poll(() => third.engine.downloads.length).toBe(1)
    expect(await third.value('jobs.events', { jobId: running, limit: 10 })).toMatchObject([
      { code: 'resumed', reason: { cause: 'restart' } },
    ])
    third.api.goOnAfterRestart()
    expect(third.engine.downloads).toHaveLength(1)
  })

  test('what was torn off and then left is not torn off any more', async () => {
    const first = await open()
    await first.start()
    await first.api.close('machine-down')
    const second = await open()
    expect(second.api.tornOff).toHaveLength(1)
    await second.api.close('left')
    expect((await open()).api.tornOff).toEqual([])
  })

  test.each(['in order', 'by a kill'])(
    'a job that was paused when the program ended %s is still paused',
    async (how) => {
      const first = await open()
      const { jobId, download } = await first.start()
      download.tick({ bytesDone: 20 })
      await first.value('jobs.pause', { jobId })
      if (how === 'in order') await closers.pop()?.()
      else {
        const saved = () => readFile(join(stateFolder, 'jobs', `${jobId}.json`), 'utf8')
        await expect.poll(async () => JSON.parse(await saved()).phase).toBe('paused')
      }
      const second = await open()
      expect(await second.value('jobs.list')).toMatchObject([{ jobId, phase: 'paused', bytesDone: 20 }])
      await second.value('jobs.resume', { jobId })
      await expect.poll(() => second.engine.downloads.length).toBe(1)
    },
  )

  test('what another program on the same folder has set meanwhile is kept, unless it is set anew here', async () => {
    const here = await open()
    const there = await open()
    const known = (await here.value('settings.read')) as object
    await there.value('settings.write', {
      ...known,
      network: { resolve: {}, proxy: 'http://proxy.example:3128' },
      theme: 'dark',
    })
    const now = (await here.value('settings.write', { ...known, theme: 'light', jobsAtOnce: 3 })) as object
    await here.value('settings.write', { ...now, theme: 'system' })
    const network = { proxy: 'http://proxy.example:3128' }
    expect(await (await open()).value('settings.read')).toMatchObject({ theme: 'system', jobsAtOnce: 3, network })
  })

  test('settings read while a change is being written are the changed ones', async () => {
    const { value } = await open()
    const settings = (await value('settings.read')) as object
    const writing = value('settings.write', { ...settings, theme: 'dark' })
    expect(await value('settings.read')).toMatchObject({ theme: 'dark' })
    await writing
  })

  test('damaged files are set aside, not lost and not fatal', async () => {
    await writeFile(join(stateFolder, 'settings.json'), '{"language":')
    const first = await open()
    expect(await first.value('settings.read')).toMatchObject({ language: 'system' })
    expect(await readdir(stateFolder)).toContain('settings.json.damaged')
    expect(problems).toHaveLength(1)
  })

  test('a damaged job is told to the window, and leaves nothing behind that nobody could remove', async () => {
    const jobs = join(stateFolder, 'jobs')
    await mkdir(jobs)
    await writeFile(join(jobs, 'one.json'), '{"jobId":"one","spec"')
    for (const name of ['one.history', 'one.events.ndjson', 'one.snapshot']) await writeFile(join(jobs, name), '{}')
    const first = await open()
    expect(await first.value('app.info')).toMatchObject({ damagedJobs: [join(jobs, 'one.json.damaged')] })
    expect(await readdir(jobs)).toEqual(['one.json.damaged'])
  })

  test('of a job whose file cannot be read just now, the history is kept', async () => {
    const jobs = join(stateFolder, 'jobs')
    // A folder cannot be read as a file, whoever asks.
    await mkdir(join(jobs, 'one.json'), { recursive: true })
    await writeFile(join(jobs, 'one.history'), '[]')
    const first = await open()
    expect(await first.value('app.info')).toMatchObject({ damagedJobs: [join(jobs, 'one.json.damaged')] })
    expect(await readdir(jobs)).toContain('one.history')
  })
})

describe('the form', () => {
  const objects = ['202510/a.nc', '202510/b.nc', '202510/deep/c.nc', '202510/deep/d.txt', '202511/e.nc'].map((key) =>
    sampleObject(key),
  )
  const source = { bucket: 'era5', prefix: '202510/' }

  test('browses prefixes and objects', async () => {
    const { value } = await open(createFakeEngine({ objects }))
    expect(await value('source.browse', { source })).toMatchObject({
      entries: [
        { kind: 'prefix', key: '202510/deep/' },
        { kind: 'object', key: '202510/a.nc', size: 100, lastModified: '2025-10-01T00:00:00.000Z' },
        { kind: 'object', key: '202510/b.nc' },
      ],
    })
    expect(await value('source.buckets', { source: {} })).toEqual(['era5', 'sentinel'])
  })

  test('previews count, size and sample, page by page', async () => {
    const { value, pushes } = await open(createFakeEngine({ objects, pageSize: 2 }))
    await value('source.startPreview', { previewId: 'p', source, include: ['*.nc'], exclude: ['b*'] })
    await expect.poll(() => pushes.at(-1)).toMatchObject({ payload: { preview: { done: true } } })
    expect(pushes.at(-1)).toMatchObject({
      name: 'preview',
      payload: {
        preview: {
          previewId: 'p',
          objects: 2,
          bytes: 200,
          excludedObjects: 2,
          sample: [{ key: '202510/a.nc' }, { key: '202510/deep/c.nc' }],
        },
      },
    })
  })

  test('a preview of one whole key counts that object alone, as its download does', async () => {
    const named = ['202510/a.nc', '202510/a.nc.md5'].map((key) => sampleObject(key))
    const { value, pushes } = await open(createFakeEngine({ objects: named }))
    const source = { bucket: 'era5', prefix: '202510/a.nc' }
    await value('source.startPreview', { previewId: 'p', source, include: [], exclude: ['*.nc'] })
    await expect.poll(() => pushes.at(-1)).toMatchObject({ payload: { preview: { done: true } } })
    expect(pushes.at(-1)).toMatchObject({ payload: { preview: { objects: 1, bytes: 100, excludedObjects: 0 } } })
  })

  test('a preview that meets a bug of ours fails, and takes no download with it', async () => {
    const { call, pushes } = await open()
    const source = { bucket: 'era5', prefix: '' }
    const longest = '*'.repeat(70_000)
    expect(
      await call('source.startPreview', { previewId: 'p', source, include: [longest], exclude: [] }),
    ).toMatchObject({ ok: true })
    await expect
      .poll(() => pushes.at(-1))
      .toMatchObject({ payload: { preview: { previewId: 'p', done: true }, failure: { code: 'internal' } } })
    expect(problems).toEqual([expect.stringContaining('Input length: 70000')])
  })

  test('a source that cannot be opened for a bug of ours is told once, and not again when it would be closed', async () => {
    const { api, call } = await open({ ...createFakeEngine(), openSource: () => Promise.reject(new Error('a bug')) })
    const source = { bucket: 'era5', prefix: '' }
    expect(await call('source.browse', { source })).toMatchObject({ failure: { code: 'internal' } })
    await api.close()
    expect(problems).toEqual(['source.browse: Error: a bug'])
  })

  test('hears why a preview failed', async () => {
    const { value, pushes } = await open(createFakeEngine({ listFailure: { class: 'denied', subject: 'era5' } }))
    await value('source.startPreview', { previewId: 'p', source, include: [], exclude: [] })
    await expect.poll(() => pushes.at(-1)).toMatchObject({ payload: { failure: { class: 'denied' } } })
  })

  test('keys go to the vault and never to the state folder', async () => {
    const { value, start } = await open()
    const { id } = (await value('access.saveKeys', { label: 'lab', accessKeyId: 'AKIA', secretAccessKey: 'hush' })) as {
      id: string
    }
    expect(await value('access.savedKeys')).toEqual([{ id, label: 'lab' }])
    await start()
    await closers.pop()?.()
    for (const name of await readdir(join(stateFolder, 'jobs'))) {
      expect(await readFile(join(stateFolder, 'jobs', name), 'utf8')).not.toContain('hush')
    }
  })
})
