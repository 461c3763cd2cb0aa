/** The few sentences that the operating system shows for us, in both languages. */
import { formatBytes } from '../../shared/format-units.ts'
import type { JobView } from '../../shared/ipc-contract.ts'
import { foundNothing } from '../../shared/job-state.ts'
import { firstSupportedLanguage, type SupportedLanguage } from '../../shared/supported-language.ts'
import type { LiveJobs } from './judge-jobs.ts'

export type Language = SupportedLanguage

export type NativeWords = {
  jobEnded(job: JobView): { title: string; body: string }
  quit: { message(jobs: LiveJobs): string; detail: string; leave: string; stay: string }
  chooseFolder: { title: string; button: string }
  cannotStart: { title: string; detail(reason: string): string }
  pageCrashes: { message: string; detail: string; again: string; quit: string }
  menu: { file: string; quit: string; edit: string; view: string; window: string }
}

export const NATIVE_WORDS: Record<Language, NativeWords> = {
  zh: {
    jobEnded(job) {
      const counts = `${job.objectsDone.toLocaleString('en')} 个文件，${formatBytes(job.bytesDone)}`
      if (foundNothing(job)) return { title: '没有可下载的对象', body: `${addressOf(job)}：请检查前缀和“只包含”。` }
      if (job.phase === 'completed' && job.objectsFailed === 0)
        return { title: '下载完成', body: `${addressOf(job)}：${counts}，全部就位。` }
      if (job.objectsFailed > 0)
        return {
          title: '下载结束，有文件失败',
          body: `${addressOf(job)}：${counts}；${job.objectsFailed.toLocaleString('en')} 个文件失败，可在窗口中重试。`,
        }
      if (isDiskFull(job))
        return { title: '磁盘已满，下载停下', body: `${addressOf(job)}：${counts}。腾出空间后，在窗口中点“继续”。` }
      return { title: '下载中止', body: `${addressOf(job)}：${counts}。原因见窗口，可继续下载。` }
    },
    quit: {
      message: ({ underWay, queued }) => `还有 ${underWay} 个下载正在进行${queued > 0 ? `，${queued} 个在排队` : ''}`,
      detail: '退出后下载会停止。已下载的内容都会保留，下次启动时可以继续。',
      leave: '停止并退出',
      stay: '继续下载',
    },
    chooseFolder: { title: '选择保存文件夹', button: '选择' },
    cannotStart: { title: 'Longhaul 无法启动', detail: (reason) => `无法读写程序的数据文件夹：${reason}` },
    pageCrashes: {
      message: '窗口内容无法显示',
      detail: '页面进程接连意外退出，可能是安全软件或显卡驱动造成的。下载不受影响，仍在继续。',
      again: '重新载入',
      quit: '退出程序',
    },
    menu: { file: '文件', quit: '退出', edit: '编辑', view: '视图', window: '窗口' },
  },
  en: {
    jobEnded(job) {
      const counts = `${plural(job.objectsDone, 'file')}, ${formatBytes(job.bytesDone)}`
      if (foundNothing(job))
        return { title: 'Nothing to download', body: `${addressOf(job)}: check the prefix and “Include only”.` }
      if (job.phase === 'completed' && job.objectsFailed === 0)
        return { title: 'Download complete', body: `${addressOf(job)}: ${counts}, all in place.` }
      if (job.objectsFailed > 0)
        return {
          title: 'Download ended with failures',
          body: `${addressOf(job)}: ${counts}; ${plural(job.objectsFailed, 'file')} failed and can be retried in the window.`,
        }
      if (isDiskFull(job))
        return {
          title: 'The disk is full, the download has stopped',
          body: `${addressOf(job)}: ${counts}. Make room, then press Resume in the window.`,
        }
      return {
        title: 'Download stopped',
        body: `${addressOf(job)}: ${counts}. The window says why; it can be resumed.`,
      }
    },
    quit: {
      message: ({ underWay, queued }) =>
        `${plural(underWay, 'download')} ${underWay === 1 ? 'is' : 'are'} running${queued > 0 ? `, ${queued} queued` : ''}`,
      detail: 'Quitting stops them. What is downloaded stays, and the next start offers to resume.',
      leave: 'Stop and quit',
      stay: 'Keep downloading',
    },
    chooseFolder: { title: 'Choose the folder to save to', button: 'Choose' },
    cannotStart: {
      title: 'Longhaul cannot start',
      detail: (reason) => `The program's data folder cannot be used: ${reason}`,
    },
    pageCrashes: {
      message: 'The window cannot show its page',
      detail:
        'Its process keeps ending unexpectedly, perhaps because of security software or a graphics driver. Downloads are not affected and go on.',
      again: 'Load again',
      quit: 'Quit',
    },
    menu: { file: 'File', quit: 'Quit', edit: 'Edit', view: 'View', window: 'Window' },
  },
}

/** The first of the system's preferred languages that we speak; Chinese when it wants neither. */
export const systemLanguageOf = (preferred: string[]): Language => firstSupportedLanguage(preferred) ?? 'zh'

const isDiskFull = ({ summary }: JobView): boolean => summary?.failure?.class === 'disk-full'
const addressOf = ({ spec }: JobView): string => `s3://${spec.source.bucket}/${spec.source.prefix}`
const plural = (count: number, word: string): string => `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`
