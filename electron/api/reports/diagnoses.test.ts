import { expect, test } from 'vitest'
import type { Push } from '../../../shared/ipc-contract.ts'
import { jobSpecSchema } from '../../../shared/job-spec.ts'
import { createFakeEngine, sampleSnapshot } from '../testing/fake-engine.ts'
import { createDiagnoses, foldJobs } from './diagnoses.ts'

const spec = (changes = {}) =>
  jobSpecSchema.parse({ source: { bucket: 'era5', prefix: '' }, destination: '/data/era5', ...changes })
const network = { resolve: {}, proxy: 'system' }
const connection = (bytesPerSecond: number, state: 'active' | 'draining' = 'active') => ({
  id: 1,
  state,
  address: '192.0.2.1',
  generation: 1,
  ageSeconds: 9,
  requests: 1,
  bytes: 1,
  bytesPerSecond,
  key: 'k',
})

function start(options: Parameters<typeof createFakeEngine>[0] = {}, atWork: Parameters<typeof foldJobs>[0] = []) {
  const engine = createFakeEngine(options)
  const pushes: Extract<Push, { name: 'diagnosis' }>['payload'][] = []
  const problems: unknown[] = []
  const diagnoses = createDiagnoses({
    engine,
    atWork: () => [...atWork],
    recentSpeed: async () => 4e6,
    version: '1',
    push: (payload) => pushes.push(payload),
    logProblem: (_, error) => problems.push(error),
  })
  return { engine, pushes, problems, diagnoses }
}

test('checks are pushed as they become known, the report comes last', async () => {
  const { diagnoses, pushes, engine } = start()
  expect(diagnoses.run({ diagnosisId: 'a', folder: '/data', network })).toEqual({ ok: true, value: {} })
  await expect.poll(() => pushes.at(-1)?.report).toBeDefined()
  expect(pushes.map(({ checks, report }) => [checks.length, report?.folder])).toEqual([
    [1, undefined],
    [1, '/data'],
  ])
  expect(engine.diagnoses).toEqual([{ folder: '/data', jobs: undefined, limitBytesPerSecond: undefined }])
})

test('a second one stops the first and begins after it has ended', async () => {
  const untilStopped = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve())
    })
  const { diagnoses, pushes, problems } = start({ diagnosisLasts: untilStopped })
  diagnoses.run({ diagnosisId: 'a', folder: '/data', network })
  diagnoses.run({ diagnosisId: 'b', folder: '/data', network })
  await expect.poll(() => pushes.some(({ diagnosisId }) => diagnosisId === 'b')).toBe(true)
  diagnoses.stop('a')
  expect(pushes.filter(({ report }) => report).map(({ diagnosisId }) => diagnosisId)).toEqual(['a'])
  await diagnoses.close()
  expect(pushes.filter(({ report }) => report).map(({ diagnosisId }) => diagnosisId)).toEqual(['a', 'b'])
  expect(problems).toEqual([])
})

test('a folder that is no absolute path is refused', () => {
  expect(start().diagnoses.run({ diagnosisId: 'a', folder: 'era5', network })).toMatchObject({ ok: false })
})

test('a bug ends it with a failure: the window does not wait for ever', async () => {
  const { diagnoses, pushes, problems } = start({ diagnosisLasts: () => Promise.reject(new Error('bug')) })
  diagnoses.run({ diagnosisId: 'a', folder: '/data', network })
  await expect.poll(() => pushes.at(-1)?.failure).toMatchObject({ code: 'internal' })
  expect(problems).toHaveLength(1)
})

test('a diagnosis is told of the jobs beside it', async () => {
  const { diagnoses, engine, pushes } = start({}, [{ jobId: 'a', spec: spec(), snapshot: sampleSnapshot() }])
  diagnoses.run({ diagnosisId: 'a', folder: '/data', network })
  await expect.poll(() => pushes.at(-1)?.report).toBeDefined()
  expect(engine.diagnoses[0]?.jobs).toMatchObject({ running: 1, threads: 16, speeds: { bytesPerSecond: 4e6 } })
})

test('jobs at work are summed up: the worst rate, the middle connection, a limit of any', () => {
  const snapshot = {
    ...sampleSnapshot(),
    successRate: 0.8,
    threads: 16,
    connectionTable: [connection(1e6), connection(3e6), connection(2e6), connection(9e9, 'draining')],
  }
  const facts = foldJobs(
    [
      { jobId: 'a', spec: spec(), snapshot },
      { jobId: 'b', spec: spec({ limitBytesPerSecond: 1e6 }), snapshot: { ...sampleSnapshot(), threads: 4 } },
      { jobId: 'c', spec: spec(), snapshot: undefined },
    ],
    1e7,
  )
  expect(facts).toMatchObject({
    running: 3,
    threads: 20,
    successRate: 0.8,
    isLimited: true,
    speeds: { bytesPerSecond: 1e7, medianBytesPerSecond: 2e6 },
  })
  expect(foldJobs([], 0)).toBeUndefined()
})
