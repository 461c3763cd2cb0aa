import type { JobPhase } from './job-state.ts'

/** What a job's phase is called in Chinese, in the window and in the terminal. */
export const phasesZh: Record<JobPhase, string> = {
  queued: '排队中',
  starting: '启动中',
  listing: '列举中',
  running: '下载中',
  waiting: '等待中',
  'cooling-down': '冷却中',
  paused: '已暂停',
  finishing: '收尾中',
  completed: '已完成',
  failed: '未完成',
  cancelled: '已取消',
  interrupted: '被中断',
}
