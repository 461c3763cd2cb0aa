import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { createFakeEngine } from '../testing/fake-engine.ts'
import { ownStateFolder, SPEC } from '../testing/own-state-folder.ts'

const home = ownStateFolder()

describe('a job', () => {
  test('runs, is paused, resumed and completed; everyone hears of each change', async () => {
    const { start, value, pushes, phaseOf } = await home.open()
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
    expect(home.problems()).toEqual([])
  })

  test('that changes only its numbers is told at most once per second', async () => {
    const { start, pushes } = await home.open()
    const { download } = await start()
    for (let tick = 0; tick < 200; tick++) download.tick({ bytesDone: tick })
    const changed = pushes.filter((push) => push.name === 'job-changed' && push.payload.phase === 'running')
    expect(changed.length).toBeLessThanOrEqual(2)
  })

  test('paused before the engine is up is paused when it is', async () => {
    const { value, engine } = await home.open()
    const job = (await value('jobs.start', SPEC)) as JobView
    await value('jobs.pause', { jobId: job.jobId })
    await expect.poll(() => engine.downloads[0]?.commands).toEqual(['pause'])
  })

  test('takes other threads and another speed limit while it runs, and keeps them for its next run', async () => {
    const { start, value, engine, pushes, phaseOf } = await home.open()
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
    const { value, engine } = await home.open()
    const job = (await value('jobs.start', SPEC)) as JobView
    await value('jobs.setLimits', { jobId: job.jobId, threads: 4 })
    await expect.poll(() => engine.downloads.length).toBe(1)
    const { request, commands } = engine.downloads[0] as (typeof engine.downloads)[number]
    expect(request.spec.threads === 4 || commands.includes('setLimits 4 none')).toBe(true)
  })

  test('that was cancelled can be resumed, with the same id and form', async () => {
    const { start, value, engine, phaseOf } = await home.open()
    const { jobId } = await start()
    await value('jobs.cancel', { jobId })
    await expect.poll(() => phaseOf(jobId)).toBe('cancelled')
    await value('jobs.resume', { jobId })
    await expect.poll(() => engine.downloads.length).toBe(2)
    expect(engine.downloads[1]?.request.spec.destination).toBe('/data/era5')
  })

  test('is refused while another one writes to the same folder', async () => {
    const { start, call } = await home.open()
    await start()
    expect(await call('jobs.start', { ...SPEC, destination: '/data/x/../era5' })).toMatchObject({
      ok: false,
      failure: { class: 'locked' },
    })
  })

  test('started anew in the folder of one that ended goes on as that one: one job, its history, the new settings', async () => {
    const { start, value, phaseOf } = await home.open()
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
    const { value } = await home.open(createFakeEngine({ startFailure: { class: 'credentials', code: 'gone' } }))
    await value('jobs.start', SPEC)
    await expect
      .poll(() => value('jobs.list'))
      .toMatchObject([{ phase: 'failed', summary: { failure: { code: 'gone' } } }])
  })

  describe('that was ended by what passes', () => {
    const OUTAGE = { status: 'failed', failure: { class: 'connect', code: 'network-gone' } } as const
    const waiting = async () => {
      const opened = await home.open()
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
      expect((await home.open()).api.interrupted).toEqual([jobId])
    })

    test('goes on by itself when its drive is there again', async () => {
      const { value, engine, phaseOf } = await home.open()
      const destination = home.path('drive')
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
    const { start, value, pushes } = await home.open()
    const { jobId, download } = await start()
    download.event('job-started')
    await value('jobs.remove', { jobId })
    expect(download.commands).toEqual(['cancel'])
    expect(await value('jobs.list')).toEqual([])
    expect(pushes.at(-1)).toEqual({ name: 'job-removed', payload: { jobId } })
    expect(await readdir(home.path('jobs'))).toEqual([])
  })

  test('begun anew from another window while it is being removed is removed all the same', async () => {
    const { api, start, value, engine } = await home.open()
    const { jobId } = await start()
    const cancelled = Promise.withResolvers<void>()
    api.subscribe((push) => {
      if (push.name === 'job-changed' && push.payload.phase === 'cancelled') cancelled.resolve()
    })
    const resumed = cancelled.promise.then(() => value('jobs.resume', { jobId }))
    await Promise.all([value('jobs.remove', { jobId }), resumed])
    expect(engine.downloads.map(({ commands }) => commands)).toEqual([['cancel'], ['cancel']])
    expect(await value('jobs.list')).toEqual([])
    expect(await readdir(home.path('jobs'))).toEqual([])
    expect(home.problems()).toEqual([])
  })

  test('that has just ended keeps its list of objects, however many that began later have ended before it', async () => {
    const { value, engine } = await home.open()
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
    const { start, value, engine, phaseOf } = await home.open()
    const { jobId, download } = await start()
    download.tick({ phase: 'finishing' })
    await value('jobs.retry', { jobId })
    await value('jobs.retry', { jobId })
    download.end({ status: 'failed', objectsFailed: 1 })
    await expect.poll(() => engine.downloads.length).toBe(2)
    expect(await phaseOf(jobId)).toBe('starting')
  })

  test('takes the policy of the settings, its own overrides win', async () => {
    const { value, start } = await home.open()
    const settings = (await value('settings.read')) as object
    await value('settings.write', { ...settings, policy: { stallSeconds: 9, slowSeconds: 20 } })
    const { download } = await start()
    expect(download.request.policy).toMatchObject({ stallSeconds: 9, slowSeconds: 20, healthCheckSeconds: 60 })
  })
})
