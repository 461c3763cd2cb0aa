import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { DEFAULT_SETTINGS } from '../../../shared/settings.ts'
import { ownStateFolder, SPEC } from '../testing/own-state-folder.ts'

const home = ownStateFolder()

describe('after a restart', () => {
  test('a job that was running is offered for resume, with its history and events', async () => {
    const first = await home.open()
    const { jobId, download } = await first.start()
    download.event('throttled')
    for (let tick = 1; tick <= 30; tick++) download.tick({ bytesPerSecond: 7 })
    await home.closeLast()
    expect(download.commands).toEqual(['cancel'])

    const second = await home.open()
    expect(await second.value('jobs.list')).toMatchObject([{ jobId, phase: 'interrupted', spec: SPEC }])
    const history = await second.value('jobs.history', { jobId, sinceSeconds: 0 })
    expect(history).toMatchObject({ marks: [{ code: 'throttled' }] })
    expect((history as { time: number[] }).time.length).toBeGreaterThanOrEqual(29)
    await second.value('jobs.resume', { jobId })
    await expect.poll(() => second.engine.downloads.length).toBe(1)
  })

  test('the last numbers of a job, what held it, and its whole history as a table are still there', async () => {
    const first = await home.open()
    const { jobId, download } = await first.start()
    for (let tick = 0; tick <= 20; tick++) {
      const limit = { code: tick < 15 ? ('line' as const) : ('throttling' as const), evidence: {} }
      download.tick({ bytesDone: tick, rssBytes: 130e6, dnsMs: 0, limit })
    }
    await home.closeLast()

    const second = await home.open()
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
    expect((await readdir(home.path('jobs'))).filter((name) => name.startsWith(jobId))).toEqual([])
  })

  test('a job of a program that was killed is interrupted as well', async () => {
    const { start } = await home.open()
    const { jobId } = await start()
    const saved = () => readFile(home.path('jobs', `${jobId}.json`), 'utf8')
    await expect.poll(async () => JSON.parse(await saved()).phase).toBe('starting')
    // A second program over the same state folder sees what a kill -9 would have left.
    const second = await home.open()
    expect(await second.phaseOf(jobId)).toBe('interrupted')
  })

  test('of the machine: what was at work or queued goes on at its user’s next sign-in, and says so; what they left does not', async () => {
    const first = await home.open()
    await first.value('settings.write', { ...DEFAULT_SETTINGS, jobsAtOnce: 1 })
    const begin = async (name: string) =>
      ((await first.value('jobs.start', { ...SPEC, destination: home.path(name) })) as JobView).jobId
    const left = await begin('left')
    await expect.poll(() => first.engine.downloads.length).toBe(1)
    await first.api.close()

    const second = await home.open()
    expect(second.api.interrupted).toEqual([])
    const start = async (name: string) => {
      const destination = home.path(name)
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
    await home.open()
    const third = await home.open()
    expect(third.api.interrupted).toEqual([running, queued])
    const phases = ((await third.value('jobs.list')) as JobView[]).map(({ phase }) => phase)
    expect(phases).toEqual(['interrupted', 'paused', 'interrupted', 'interrupted'])
    third.api.resumeAfterRestart()
    await expect.poll(() => third.phaseOf(queued)).toBe('queued')
    expect([await third.phaseOf(left), await third.phaseOf(paused)]).toEqual(['interrupted', 'paused'])
    await expect.poll(() => third.engine.downloads.length).toBe(1)
    expect(await third.value('jobs.events', { jobId: running, limit: 10 })).toMatchObject([
      { code: 'resumed', reason: { cause: 'restart' } },
    ])
    third.api.resumeAfterRestart()
    expect(third.engine.downloads).toHaveLength(1)
  })

  test('what was interrupted and then left is not resumed any more', async () => {
    const first = await home.open()
    await first.start()
    await first.api.close('machine-down')
    const second = await home.open()
    expect(second.api.interrupted).toHaveLength(1)
    await second.api.close('left')
    expect((await home.open()).api.interrupted).toEqual([])
  })

  test.each(['in order', 'by a kill'])(
    'a job that was paused when the program ended %s is still paused',
    async (how) => {
      const first = await home.open()
      const { jobId, download } = await first.start()
      download.tick({ bytesDone: 20 })
      await first.value('jobs.pause', { jobId })
      if (how === 'in order') await home.closeLast()
      else {
        const saved = () => readFile(home.path('jobs', `${jobId}.json`), 'utf8')
        await expect.poll(async () => JSON.parse(await saved()).phase).toBe('paused')
      }
      const second = await home.open()
      expect(await second.value('jobs.list')).toMatchObject([{ jobId, phase: 'paused', bytesDone: 20 }])
      await second.value('jobs.resume', { jobId })
      await expect.poll(() => second.engine.downloads.length).toBe(1)
    },
  )

  test('what another program on the same folder has set meanwhile is kept, unless it is set anew here', async () => {
    const here = await home.open()
    const there = await home.open()
    const known = (await here.value('settings.read')) as object
    await there.value('settings.write', {
      ...known,
      network: { resolve: {}, proxy: 'http://proxy.example:3128' },
      theme: 'dark',
    })
    const now = (await here.value('settings.write', { ...known, theme: 'light', jobsAtOnce: 3 })) as object
    await here.value('settings.write', { ...now, theme: 'system' })
    const network = { proxy: 'http://proxy.example:3128' }
    expect(await (await home.open()).value('settings.read')).toMatchObject({ theme: 'system', jobsAtOnce: 3, network })
  })

  test('settings read while a change is being written are the changed ones', async () => {
    const { value } = await home.open()
    const settings = (await value('settings.read')) as object
    const writing = value('settings.write', { ...settings, theme: 'dark' })
    expect(await value('settings.read')).toMatchObject({ theme: 'dark' })
    await writing
  })

  test('damaged files are set aside, not lost and not fatal', async () => {
    await writeFile(home.path('settings.json'), '{"language":')
    const first = await home.open()
    expect(await first.value('settings.read')).toMatchObject({ language: 'system' })
    expect(await readdir(home.path())).toContain('settings.json.damaged')
    expect(home.problems()).toHaveLength(1)
  })

  test('a damaged job is told to the window, and leaves nothing behind that nobody could remove', async () => {
    const jobs = home.path('jobs')
    await mkdir(jobs)
    await writeFile(join(jobs, 'one.json'), '{"jobId":"one","spec"')
    for (const name of ['one.history', 'one.events.ndjson', 'one.snapshot']) await writeFile(join(jobs, name), '{}')
    const first = await home.open()
    expect(await first.value('app.info')).toMatchObject({ damagedJobs: [join(jobs, 'one.json.damaged')] })
    expect(await readdir(jobs)).toEqual(['one.json.damaged'])
  })

  test('of a job whose file cannot be read just now, the history is kept', async () => {
    const jobs = home.path('jobs')
    // A folder cannot be read as a file, whoever asks.
    await mkdir(join(jobs, 'one.json'), { recursive: true })
    await writeFile(join(jobs, 'one.history'), '[]')
    const first = await home.open()
    expect(await first.value('app.info')).toMatchObject({ damagedJobs: [join(jobs, 'one.json.damaged')] })
    expect(await readdir(jobs)).toContain('one.history')
  })
})
