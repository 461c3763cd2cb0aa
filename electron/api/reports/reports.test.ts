import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type JobView, jobViewSchema } from '../../../shared/ipc-contract.ts'
import { systemClock } from '../host/system-clock.ts'
import { createSessionVault } from '../host/vault.ts'
import { toColumns } from '../records/speed-history.ts'
import { createReports } from './reports.ts'

const ACCESS_KEY = 'distinctive-access-key'
const SECRET_KEY = 'distinctive/secret+key'
const KEY = 'e5.oper.an.pl/202510/e5.oper.an.pl.128_130_t.ll025sc.2025100100_2025100123.nc'

let folder: string
let job: JobView
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-reports-'))
  const destination = join(folder, 'era5')
  job = jobViewSchema.parse({
    jobId: 'j1',
    spec: {
      source: { bucket: 'era5-mirror', prefix: 'e5.oper.an.pl/202510/', access: { kind: 'vault', id: 'v1' } },
      destination,
      network: { proxy: 'http://wang:proxy-password@proxy.example:3128' },
    },
    phase: 'completed',
    createdAt: '2025-10-01T12:00:00.000Z',
    bytesDone: 1,
    bytesTotal: 1,
    objectsDone: 1,
    objectsFailed: 0,
    objectsTotal: 1,
  })
  await mkdir(join(destination, '.longhaul'), { recursive: true })
  const line = { time: '2025-10-01T12:00:00Z', class: 'throttled', key: KEY, detail: `key ${ACCESS_KEY} slow down` }
  await writeFile(join(destination, '.longhaul', 'download_errors.log'), `${JSON.stringify(line)}\n`.repeat(5000))
})
afterEach(() => rm(folder, { recursive: true }))

async function open() {
  const vault = createSessionVault()
  await vault.save({ label: 'lab', accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY })
  return createReports({
    jobs: {
      history: async () => ({ ok: true, value: { ...toColumns([]), marks: [] } }),
      events: async () => ({
        ok: true,
        value: [{ time: '2025-10-01T12:00:00Z', code: 'object-failed', reason: { key: KEY, said: SECRET_KEY } }],
      }),
      snapshot: async () => ({ ok: true, value: null }),
    },
    store: { get: (jobId) => (jobId === job.jobId ? job : undefined) },
    vault,
    policyDefaults: () => ({}),
    version: '1.2.3',
    clock: systemClock,
    environment: { HOME: folder, AWS_SESSION_TOKEN: 'token-of-the-environment' },
  })
}

describe('a report', () => {
  test('has everything that a diagnosis needs, is what was shown, and overwrites nothing', async () => {
    const reports = await open()
    const preview = await reports.preview({ jobId: 'j1', hideNames: false })
    if (!preview.ok) throw new Error('no preview')
    const { reportId, files } = preview.value
    expect(files.map(({ name }) => name)).toEqual([
      ...['report.json', 'README.txt', 'job.json', 'policy.json', 'timeline.csv', 'decisions.ndjson'],
      ...['log-analysis.json', 'download_errors.log'],
    ])
    const to = join(folder, 'reports')
    const [one, other] = [await reports.save({ reportId, folder: to }), await reports.save({ reportId, folder: to })]
    if (!one.ok || !other.ok) throw new Error('not saved')
    expect(other.value.path).not.toBe(one.value.path)
    const zip = unzipSync(await readFile(one.value.path))
    for (const { name, bytes, preview: text, isCut } of files) {
      expect(zip[name]).toHaveLength(bytes)
      const saved = strFromU8(zip[name] as Uint8Array)
      expect(isCut ? saved.startsWith(text) : saved === text).toBe(true)
    }
    expect(strFromU8(zip['download_errors.log'] as Uint8Array)).toContain(KEY)
    expect(JSON.parse(strFromU8(zip['log-analysis.json'] as Uint8Array))).toMatchObject({ errors: 5000 })
  })

  test.each([false, true])('holds no secret and no name of the user (names hidden: %s)', async (hideNames) => {
    const reports = await open()
    const preview = await reports.preview({ jobId: 'j1', hideNames })
    if (!preview.ok) throw new Error('no preview')
    const saved = await reports.save({ reportId: preview.value.reportId, folder })
    if (!saved.ok) throw new Error('not saved')
    const text = Object.values(unzipSync(await readFile(saved.value.path)))
      .map((data) => strFromU8(data))
      .join('\n')
    expect(text).not.toMatch(/distinctive|proxy-password|token-of-the/)
    expect(text).not.toContain(folder)
    expect(text.includes('era5-mirror') || text.includes('130_t')).toBe(!hideNames)
  })

  test.each([['another report than the shown one', { reportId: 'none', folder: '/tmp' }, 'report-gone']])(
    '%s is not saved',
    async (_, request, code) => {
      expect(await (await open()).save(request)).toMatchObject({ ok: false, failure: { code } })
    },
  )
  test('a job nobody knows', async () => {
    expect(await (await open()).preview({ jobId: 'x', hideNames: false })).toMatchObject({
      failure: { code: 'unknown-job' },
    })
  })
})
