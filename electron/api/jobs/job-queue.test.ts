import { describe, expect, test } from 'vitest'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { DEFAULT_SETTINGS } from '../../../shared/settings.ts'
import { ownStateFolder, SPEC } from '../testing/own-state-folder.ts'

const home = ownStateFolder()

describe('a job beyond those that may be at work at once', () => {
  const begin = async ({ value }: Awaited<ReturnType<typeof home.open>>, name: string) =>
    ((await value('jobs.start', { ...SPEC, destination: `/data/${name}` })) as JobView).jobId
  const openForOne = async () => {
    const opened = await home.open()
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
    const { value } = await home.open()
    const phases = ((await value('jobs.list')) as JobView[]).map(({ phase }) => phase)
    expect(phases).toEqual(['interrupted', 'interrupted', 'interrupted'])
  })
})
