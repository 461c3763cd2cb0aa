/** Whether the system starts the program when its user signs in. */
import { readFileSync } from 'node:fs'
import type { App } from 'electron'
import { expect, test } from 'vitest'
import type { JobPhase } from '../../shared/job-state.ts'
import { changeLoginItem, createLoginKeeper, type LoginItem } from './start-at-login.ts'
import { sampleJob } from './testing/sample-job.ts'

type Item = Partial<ReturnType<App['getLoginItemSettings']>>

test.each<[string, boolean, boolean, LoginItem, 'add' | 'remove' | undefined]>([
  ['nobody has asked for it', false, true, 'absent', undefined],
  ['wished for, and a job is under way', true, true, 'absent', 'add'],
  ['there already', true, true, 'present', undefined],
  ['the last job is over', true, false, 'present', 'remove'],
  ['nothing to do', true, false, 'absent', undefined],
  ['no longer wished for, in the middle of a job', false, true, 'present', 'remove'],
  ['switched off in the list of the system: a job does not switch it on', true, true, 'switched-off', undefined],
  [
    'switched off, and the job is over: stays, or the next one would add it switched on',
    true,
    false,
    'switched-off',
    undefined,
  ],
  ['switched off there and here', false, false, 'switched-off', 'remove'],
])('%s', (_name, isWished, hasUnfinished, item, change) => {
  expect(changeLoginItem({ isWished, hasUnfinished, item })).toBe(change)
})

function keep({ interrupted = [] as string[], item = {} as Item } = {}) {
  const done: string[] = []
  const wish = { isWished: true }
  const app = {
    getLoginItemSettings: () => ({ openAtLogin: done.at(-1) === 'add --resume-jobs', launchItems: [], ...item }),
    setLoginItemSettings: ({ openAtLogin, args, name }: Parameters<App['setLoginItemSettings']>[0]) => {
      expect(name).toBe('app.longhaul.desktop')
      done.push(`${openAtLogin ? 'add' : 'remove'} ${args?.join(' ')}`)
    },
  } as Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>
  const keeper = createLoginKeeper({
    app,
    interrupted,
    appId: 'app.longhaul.desktop',
    isWished: () => wish.isWished,
    logProblem: (where, error) => done.push(`${where}: ${error}`),
  })
  keeper.apply()
  const say = (phase: JobPhase, jobId = 'job-1') =>
    keeper.receive({ name: 'job-changed', payload: sampleJob({ phase, jobId }) })
  return { keeper, done, wish, say }
}
const ADDED = 'add --resume-jobs'
const REMOVED = 'remove --resume-jobs'

test('from the first job to the last; what is paused or has failed for good is not waited for', () => {
  const { say, done } = keep()
  say('starting')
  say('queued', 'job-2')
  say('running')
  expect(done).toEqual([ADDED])
  say('paused')
  say('failed', 'job-2')
  expect(done).toEqual([ADDED, REMOVED])
  say('waiting')
  say('completed')
  expect(done).toEqual([ADDED, REMOVED, ADDED, REMOVED])
})

test('the user leaves and jobs end with that: nothing is started by itself', () => {
  const { say, keeper, done } = keep()
  say('running')
  keeper.leave()
  say('interrupted')
  say('running')
  expect(done).toEqual([ADDED, REMOVED])
})

test('the machine goes down: the entry stays', () => {
  const { say, keeper, done } = keep()
  say('running')
  keeper.stay()
  say('interrupted')
  expect(done).toEqual([ADDED])
})

test('an interrupted job keeps it until it is resumed or removed', () => {
  const { say, keeper, done } = keep({ interrupted: ['job-1', 'job-2'] })
  expect(done).toEqual([ADDED])
  say('cancelled')
  keeper.receive({ name: 'job-removed', payload: { jobId: 'job-2' } })
  expect(done).toEqual([ADDED, REMOVED])
})

test('follows the setting while a job runs', () => {
  const { say, keeper, done, wish } = keep()
  wish.isWished = false
  say('running')
  expect(done).toEqual([])
  wish.isWished = true
  keeper.apply()
  wish.isWished = false
  keeper.apply()
  expect(done).toEqual([ADDED, REMOVED])
})

const entry = { name: 'app.longhaul.desktop', path: 'C:\\Longhaul.exe', args: [], enabled: false }
test.each<[string, Item, string[]]>([
  ['switched off in the task manager', { openAtLogin: true, launchItems: [{ ...entry, scope: 'user' }] }, []],
  [
    'an entry of the machine is another one',
    { openAtLogin: false, launchItems: [{ ...entry, scope: 'machine' }] },
    [ADDED],
  ],
  ['macOS: its user has not agreed', { openAtLogin: false, status: 'requires-approval' }, []],
  ['macOS: no such list', { openAtLogin: false, status: 'not-registered' }, [ADDED]],
])('%s', (_name, item, expected) => {
  const { say, done } = keep({ item })
  say('running')
  expect(done).toEqual(expected)
})

test('uninstalling takes the entry away under the same name', () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
  expect(read('../../electron-builder.yml')).toMatch(/^appId: app\.longhaul\.desktop /m)
  const [, uninstall = ''] = read('../../assets/installer.nsh').split('!macro customUnInstall\n')
  const key = 'Software\\Microsoft\\Windows\\CurrentVersion'
  expect(uninstall).toContain(`DeleteRegValue HKCU "${key}\\Run" "\${APP_ID}"`)
  expect(uninstall).toContain(`DeleteRegValue HKCU "${key}\\Explorer\\StartupApproved\\Run" "\${APP_ID}"`)
})
