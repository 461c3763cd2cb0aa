/**
 * Has the program started at login as long as a job is under way and its user wants that, so that a machine that
 * restarts at night resumes its downloads. The decision is pure; the rest reads and writes the system's login item.
 */
import type { App } from 'electron'
import type { Push } from '../../shared/ipc-contract.ts'
import { isUnderWay } from './judge-jobs.ts'

/** In the login item's arguments: the program resumes the interrupted jobs and stays in the background. */
const RESUME_FLAG = '--resume-jobs'

export const isResuming = (argv: readonly string[]): boolean => argv.includes(RESUME_FLAG)

/** `switched-off`: by the user, in the system's own list of login items, which is respected. */
export type LoginItem = 'absent' | 'present' | 'switched-off'

export function changeLoginItem(now: {
  item: LoginItem
  isWished: boolean
  hasUnfinished: boolean
}): 'add' | 'remove' | undefined {
  const { item, isWished, hasUnfinished } = now
  if (isWished && hasUnfinished) return item === 'absent' ? 'add' : undefined
  // A switched-off login item stays as long as the setting is on: the next job would add it switched on.
  return item === 'present' || (item === 'switched-off' && !isWished) ? 'remove' : undefined
}

export function createLoginKeeper(options: {
  app: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>
  /** Windows keeps the entry under this name; assets/installer.nsh removes it. */
  appId: string
  isWished(): boolean
  /** Ids of interrupted jobs that were neither resumed nor removed yet. */
  interrupted: readonly string[]
  logProblem(where: string, error: unknown): void
}) {
  const { app, appId } = options
  const unfinished = new Set(options.interrupted)
  let applied: string | undefined
  let isFixed = false

  function apply(): void {
    const [isWished, hasUnfinished] = [options.isWished(), unfinished.size > 0]
    const wanted = `${isWished} ${hasUnfinished}`
    if (isFixed || wanted === applied) return
    applied = wanted
    try {
      const change = changeLoginItem({ item: readItem(), isWished, hasUnfinished })
      if (change) app.setLoginItemSettings({ openAtLogin: change === 'add', name: appId, args: [RESUME_FLAG] })
    } catch (error) {
      options.logProblem('start-at-login', error)
    }
  }

  /** `openAtLogin` is true for this very command only: the item of a program that was moved is written again. */
  function readItem(): LoginItem {
    const { openAtLogin, status, launchItems } = app.getLoginItemSettings({ args: [RESUME_FLAG] })
    const ours = launchItems?.find(({ name, scope }) => name === appId && scope === 'user')
    if (ours?.enabled === false || status === 'requires-approval') return 'switched-off'
    return openAtLogin ? 'present' : 'absent'
  }

  return {
    apply,
    receive(push: Push): void {
      if (push.name === 'job-removed') unfinished.delete(push.payload.jobId)
      else if (push.name !== 'job-changed') return
      else if (isUnderWay(push.payload)) unfinished.add(push.payload.jobId)
      else unfinished.delete(push.payload.jobId)
      apply()
    },
    /** The user leaves: what is unfinished is so because they want it. */
    leave(): void {
      unfinished.clear()
      apply()
      isFixed = true
    },
    /** The machine goes down: the entry stays as it is. */
    stay(): void {
      isFixed = true
    },
  }
}
