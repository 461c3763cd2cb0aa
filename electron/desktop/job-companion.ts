/**
 * Keeps the machine awake while a job is under way, shows progress
 * on the taskbar, notifies at the end. Applies judge-jobs.ts.
 */
import type { BrowserWindow, Notification, NotificationConstructorOptions, PowerSaveBlocker } from 'electron'
import type { JobView, Push } from '../../shared/ipc-contract.ts'
import { countLive, isUnderWay, isWorthNotifying, type LiveJobs, NO_PROGRESS, progressOf } from './judge-jobs.ts'

export type JobCompanionOptions = {
  powerSaveBlocker: Pick<PowerSaveBlocker, 'start' | 'stop'>
  window: Pick<BrowserWindow, 'setProgressBar' | 'isDestroyed'>
  notify(options: NotificationConstructorOptions): Pick<Notification, 'on' | 'show'>
  words(job: JobView): { title: string; body: string }
  shouldNotify(): boolean
  onNotificationClick(): void
}

export type JobCompanion = {
  receive(push: Push): void
  /** Jobs that would stop if the program ended now, and those that wait for their turn. */
  countLive(): LiveJobs
  close(): void
}

export function createJobCompanion(options: JobCompanionOptions): JobCompanion {
  const { powerSaveBlocker, window } = options
  const jobs = new Map<string, JobView>()
  // Referenced until clicked: a garbage-collected notification loses its click.
  const shown = new Set<Pick<Notification, 'on' | 'show'>>()
  let blocker: number | undefined

  function apply(): void {
    const mustStayAwake = [...jobs.values()].some(isUnderWay)
    if (mustStayAwake && blocker === undefined) blocker = powerSaveBlocker.start('prevent-app-suspension')
    if (!mustStayAwake) allowSleep()
    show(progressOf([...jobs.values()]))
  }
  function allowSleep(): void {
    if (blocker !== undefined) powerSaveBlocker.stop(blocker)
    blocker = undefined
  }
  function show({ value, mode }: ReturnType<typeof progressOf>): void {
    if (!window.isDestroyed()) window.setProgressBar(value, { mode })
  }
  function tell(job: JobView): void {
    const notification = options.notify(options.words(job))
    shown.add(notification)
    notification.on('click', () => {
      shown.delete(notification)
      options.onNotificationClick()
    })
    notification.on('close', () => void shown.delete(notification))
    notification.show()
  }

  return {
    receive(push) {
      if (push.name === 'job-changed') {
        const job = push.payload
        const shouldTell = isWorthNotifying(jobs.get(job.jobId), job)
        jobs.set(job.jobId, job)
        apply()
        if (shouldTell && options.shouldNotify()) tell(job)
      } else if (push.name === 'job-removed') {
        jobs.delete(push.payload.jobId)
        apply()
      }
    },
    countLive: () => countLive([...jobs.values()]),
    close() {
      allowSleep()
      show(NO_PROGRESS)
      shown.clear()
    },
  }
}
