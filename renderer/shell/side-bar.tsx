import {
  CheckOutlined,
  ClockCircleOutlined,
  CloseCircleOutlined,
  DownloadOutlined,
  ExclamationCircleOutlined,
  FileSearchOutlined,
  HistoryOutlined,
  MedicineBoxOutlined,
  MinusCircleOutlined,
  PauseOutlined,
  PlusOutlined,
  SearchOutlined,
  SettingOutlined,
} from '@ant-design/icons'
import { type ReactNode, useEffect, useRef } from 'react'
import { formatRate } from '../../shared/format-units.ts'
import type { JobView } from '../../shared/ipc-contract.ts'
import { useTranslation } from '../i18n/index.ts'
import { useJobs, useSnapshot } from '../store/use-window-store.tsx'
import { ClearDone } from './clear-done.tsx'
import { jobFraction, jobMood, nameJobs, type PhaseWord, wholePercent } from './job-label.ts'
import { type Route, routeHash, useRoute } from './route.ts'
import './side-bar.css'

export function SideBar() {
  const { t } = useTranslation()
  const route = useRoute()
  const jobs = useJobs()
  const names = nameJobs(jobs)
  return (
    <nav className="lh-side" aria-label={t('shell.navigation')}>
      <SideLink route={{ page: 'new' }} current={route.page === 'new'} icon={<PlusOutlined />}>
        {t('shell.newDownload')}
      </SideLink>
      <div className="lh-side-heading">
        <h2 id="lh-side-jobs">{t('shell.jobs')}</h2>
        <ClearDone jobs={jobs} />
      </div>
      {jobs.length === 0 ? (
        <p className="lh-side-empty">{t('shell.noJobs')}</p>
      ) : (
        <ul className="lh-side-jobs" aria-labelledby="lh-side-jobs">
          {jobs.map((job, place) => (
            <JobLink
              key={job.jobId}
              job={job}
              name={names.get(job.jobId) ?? ''}
              place={place}
              current={route.page === 'job' && route.jobId === job.jobId}
            />
          ))}
        </ul>
      )}
      <SideLink
        route={{ page: 'diagnosis' }}
        current={route.page === 'diagnosis'}
        icon={<MedicineBoxOutlined />}
        isInHeader
      >
        {t('diagnosis.title')}
      </SideLink>
      <SideLink route={{ page: 'logs' }} current={route.page === 'logs'} icon={<FileSearchOutlined />}>
        {t('logs.title')}
      </SideLink>
      <SideLink route={{ page: 'settings' }} current={route.page === 'settings'} icon={<SettingOutlined />} isInHeader>
        {t('shell.settings')}
      </SideLink>
    </nav>
  )
}

type SideLinkProps = {
  route: Route
  current: boolean
  icon: ReactNode
  children: ReactNode
  /** Left out where there is little room. */
  isInHeader?: boolean
}

function SideLink({ route, current, icon, children, isInHeader = false }: SideLinkProps) {
  return (
    <a
      className={isInHeader ? 'lh-side-link lh-side-twin' : 'lh-side-link'}
      href={routeHash(route)}
      aria-current={current ? 'page' : undefined}
    >
      <span className="lh-side-icon" aria-hidden="true">
        {icon}
      </span>
      <span className="lh-side-label">{children}</span>
    </a>
  )
}

type JobLinkProps = { job: JobView; name: string; place: number; current: boolean }

function JobLink({ job, name, place, current }: JobLinkProps) {
  const { t } = useTranslation()
  const snapshot = useSnapshot(job.jobId)
  const { word, mood } = jobMood(job)
  const fraction = jobFraction(job)
  const percent = fraction === undefined ? '' : `${wholePercent(fraction)} %`
  const phase = t(`shell.phases.${word}`)
  const link = useRef<HTMLAnchorElement>(null)
  // The job on the page stays in sight among a hundred others, also when its place changes.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another place is a reason to look again
  useEffect(() => {
    if (current) link.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [current, place])
  const rate = word === 'running' && snapshot ? formatRate(snapshot.bytesPerSecond) : ''
  return (
    <li>
      <a
        ref={link}
        className="lh-side-link lh-side-job"
        href={routeHash({ page: 'job', jobId: job.jobId })}
        aria-current={current ? 'page' : undefined}
        aria-label={t('shell.jobProgress', { name, phase, percent: percent || t('shell.percentUnknown') })}
        title={`s3://${job.spec.source.bucket}/${job.spec.source.prefix}`}
      >
        <span className={`lh-side-icon lh-mood-${mood}`} aria-hidden="true">
          {PHASE_ICONS[word]}
        </span>
        <span className="lh-side-name lh-truncate" data-namesake={name.includes('/') || undefined}>
          <bdi dir="ltr">
            {name.split(/(?<=\/)/).map((part, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: parts may be alike, and never change their places
              <span key={index} className="lh-side-part">
                {part}
              </span>
            ))}
          </bdi>
        </span>
        <span className="lh-side-percent lh-number">{percent}</span>
        <span className={`lh-side-phase lh-truncate lh-mood-${mood}`}>{phase}</span>
        <span className="lh-side-rate lh-number">{rate}</span>
        {word !== 'completed' && word !== 'nothingFound' && (
          <progress
            className="lh-side-progress"
            aria-hidden="true"
            data-phase={job.phase}
            max={1}
            value={fraction ?? 0}
          />
        )}
      </a>
    </li>
  )
}

const PHASE_ICONS: Record<PhaseWord, ReactNode> = {
  queued: <ClockCircleOutlined />,
  starting: <SearchOutlined />,
  listing: <SearchOutlined />,
  running: <DownloadOutlined />,
  finishing: <DownloadOutlined />,
  waiting: <ClockCircleOutlined />,
  'cooling-down': <ClockCircleOutlined />,
  paused: <PauseOutlined />,
  completed: <CheckOutlined />,
  nothingFound: <ExclamationCircleOutlined />,
  completedWithFailures: <ExclamationCircleOutlined />,
  failed: <CloseCircleOutlined />,
  cancelled: <MinusCircleOutlined />,
  interrupted: <HistoryOutlined />,
}
