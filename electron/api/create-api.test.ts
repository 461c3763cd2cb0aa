import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { createDispatch } from './dispatch.ts'
import { createFakeEngine, sampleObject } from './testing/fake-engine.ts'
import { ownStateFolder, SPEC } from './testing/own-state-folder.ts'

const home = ownStateFolder()

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
    const { call } = await home.open()
    expect(await call(name, input)).toMatchObject({ ok: false, failure: { class: 'usage', ...failure } })
    expect(home.problems()).toEqual([])
  })

  test('a bug becomes one failure without a stack trace, and a line in the log', async () => {
    const { api } = await home.open()
    const call = createDispatch(
      { ...api.handlers, 'jobs.list': () => Promise.reject(new Error('secret path /root')) },
      (where, error) => void home.problems().push(`${where}: ${error}`),
    )
    const outcome = await call('jobs.list', {})
    expect(outcome).toEqual({ ok: false, failure: { class: 'usage', code: 'internal', subject: 'jobs.list' } })
    expect(home.problems()).toEqual(['jobs.list: Error: secret path /root'])
  })
})

describe('the form', () => {
  const objects = ['202510/a.nc', '202510/b.nc', '202510/deep/c.nc', '202510/deep/d.txt', '202511/e.nc'].map((key) =>
    sampleObject(key),
  )
  const source = { bucket: 'era5', prefix: '202510/' }

  test('browses prefixes and objects', async () => {
    const { value } = await home.open(createFakeEngine({ objects }))
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
    const { value, pushes } = await home.open(createFakeEngine({ objects, pageSize: 2 }))
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
    const { value, pushes } = await home.open(createFakeEngine({ objects: named }))
    const source = { bucket: 'era5', prefix: '202510/a.nc' }
    await value('source.startPreview', { previewId: 'p', source, include: [], exclude: ['*.nc'] })
    await expect.poll(() => pushes.at(-1)).toMatchObject({ payload: { preview: { done: true } } })
    expect(pushes.at(-1)).toMatchObject({ payload: { preview: { objects: 1, bytes: 100, excludedObjects: 0 } } })
  })

  test('a preview that meets a bug of ours fails, and takes no download with it', async () => {
    const { call, pushes } = await home.open()
    const source = { bucket: 'era5', prefix: '' }
    const longest = '*'.repeat(70_000)
    expect(
      await call('source.startPreview', { previewId: 'p', source, include: [longest], exclude: [] }),
    ).toMatchObject({ ok: true })
    await expect
      .poll(() => pushes.at(-1))
      .toMatchObject({ payload: { preview: { previewId: 'p', done: true }, failure: { code: 'internal' } } })
    expect(home.problems()).toEqual([expect.stringContaining('Input length: 70000')])
  })

  test('a source that cannot be opened for a bug of ours is told once, and not again when it would be closed', async () => {
    const { api, call } = await home.open({
      ...createFakeEngine(),
      openSource: () => Promise.reject(new Error('a bug')),
    })
    const source = { bucket: 'era5', prefix: '' }
    expect(await call('source.browse', { source })).toMatchObject({ failure: { code: 'internal' } })
    await api.close()
    expect(home.problems()).toEqual(['source.browse: Error: a bug'])
  })

  test('hears why a preview failed', async () => {
    const { value, pushes } = await home.open(createFakeEngine({ listFailure: { class: 'denied', subject: 'era5' } }))
    await value('source.startPreview', { previewId: 'p', source, include: [], exclude: [] })
    await expect.poll(() => pushes.at(-1)).toMatchObject({ payload: { failure: { class: 'denied' } } })
  })

  test('keys go to the vault and never to the state folder', async () => {
    const { value, start } = await home.open()
    const { id } = (await value('access.saveKeys', { label: 'lab', accessKeyId: 'AKIA', secretAccessKey: 'hush' })) as {
      id: string
    }
    expect(await value('access.savedKeys')).toEqual([{ id, label: 'lab' }])
    await start()
    await home.closeLast()
    for (const name of await readdir(home.path('jobs'))) {
      expect(await readFile(home.path('jobs', name), 'utf8')).not.toContain('hush')
    }
  })
})
