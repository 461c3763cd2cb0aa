/** The handlers over a fake engine, with a state folder for each test. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import type { CallInput, JobView, Push } from '../../../shared/ipc-contract.ts'
import { createApi } from '../create-api.ts'
import { createDispatch, type Dispatch } from '../dispatch.ts'
import { systemClock } from '../host/system-clock.ts'
import { createSessionVault } from '../host/vault.ts'
import { createFakeEngine, type FakeEngine } from './fake-engine.ts'

export const SPEC: CallInput<'jobs.start'> = {
  source: { bucket: 'era5', prefix: 'e5.oper.an.pl/202510/' },
  destination: '/data/era5',
}

/** To be called once, at the top of a file: makes and removes the folder, and ends what a test has left open. */
export function ownStateFolder() {
  let stateFolder = ''
  let problems: string[] = []
  const closers: Array<() => Promise<void>> = []

  beforeEach(async () => {
    stateFolder = await mkdtemp(join(tmpdir(), 'longhaul-state-'))
    problems = []
  })
  afterEach(async () => {
    for (const close of closers.splice(0)) await close()
    await rm(stateFolder, { recursive: true })
  })

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
    const call: Dispatch = createDispatch(api.handlers, (where, error) => void problems.push(`${where}: ${error}`))
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

  return {
    /** Of the test that runs. */
    path: (...names: string[]) => join(stateFolder, ...names),
    /** Bugs that were logged, oldest first. */
    problems: () => problems,
    open,
    /** Ends the program that was opened last. */
    closeLast: async () => closers.pop()?.(),
  }
}
