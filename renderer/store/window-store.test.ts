import { expect, test } from 'vitest'
import { failed, success } from '../../shared/failure.ts'
import type { AppInfo } from '../../shared/ipc-contract.ts'
import { DEFAULT_SETTINGS } from '../../shared/settings.ts'
import { always, createScriptedClient, type Script } from '../client/testing/scripted-client.ts'
import { sampleJob, sampleSnapshot } from '../job/testing/samples.ts'
import { createWindowStore } from './window-store.ts'

const info: AppInfo = {
  version: '1.0.0',
  host: 'web',
  platform: 'linux',
  systemLanguage: 'zh',
  damagedJobs: [],
  homeFolder: '/home/wang',
  defaultFolder: '/data',
  vault: 'session',
  nativeDialogs: false,
  startsAtLogin: false,
}
const job = sampleJob()
const answers: Script['answers'] = {
  'app.info': always(info),
  'settings.read': always(DEFAULT_SETTINGS),
  'jobs.list': always([job]),
  'jobs.snapshot': always(sampleSnapshot()),
}

test('reads settings, jobs and the snapshots of jobs that are alive', async () => {
  const ended = { ...job, jobId: 'ended', phase: 'completed' as const }
  const client = createScriptedClient({ answers: { ...answers, 'jobs.list': always([job, ended]) } })
  const store = createWindowStore(client)
  await store.refresh()
  expect(store.getState()).toMatchObject({ status: 'ready', info, jobs: { [job.jobId]: job, ended } })
  expect(Object.keys(store.getState().snapshots)).toEqual([job.jobId])
  store.close()
})

test('news that arrives while reading is folded after what was read', async () => {
  const removed = { name: 'job-removed', payload: { jobId: job.jobId } } as const
  const client = createScriptedClient({
    answers: {
      ...answers,
      'jobs.list': (_, push) => {
        push(removed)
        return success([job])
      },
    },
  })
  const store = createWindowStore(client)
  await store.refresh()
  expect(store.getState().jobs).toEqual({})
  store.close()
})

test('a first reading that fails says why, and another try mends it', async () => {
  let works = false
  const client = createScriptedClient({
    answers: {
      ...answers,
      'jobs.list': () => (works ? success([job]) : failed({ class: 'disk', subject: 'history' })),
    },
  })
  const store = createWindowStore(client)
  await store.refresh()
  expect(store.getState()).toMatchObject({ status: 'failed', startFailure: { class: 'disk' } })
  works = true
  await store.refresh()
  expect(store.getState()).toMatchObject({ status: 'ready', startFailure: undefined })
  store.close()
})

test('what was shown stays when the program goes out of reach, and is read anew when it is back', async () => {
  const script: Script = { answers: { ...answers } }
  const client = createScriptedClient(script)
  const store = createWindowStore(client)
  await store.refresh()
  client.setHostState('lost')
  expect(store.getState()).toMatchObject({ status: 'ready', jobs: { [job.jobId]: job } })
  script.answers['jobs.list'] = always([])
  client.setHostState('connected')
  await store.refresh() //  joins the reading that the reconnection began
  expect(store.getState().jobs).toEqual({})
  store.close()
})

test('a closed store no longer listens', async () => {
  const client = createScriptedClient({ answers })
  const store = createWindowStore(client)
  await store.refresh()
  store.close()
  client.push({ name: 'job-removed', payload: { jobId: job.jobId } })
  expect(store.getState().jobs).toHaveProperty(job.jobId)
})
