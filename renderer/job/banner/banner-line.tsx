/**
 * Always shown, in one line where it fits, so that a new banner hardly ever moves the page:
 * the most important banner in full, the others as tags that tell more when pressed.
 * Announced politely (aria-live) when its kind changes; a countdown is not announced every second.
 */
import {
  CheckCircleFilled,
  ClockCircleOutlined,
  CloseCircleFilled,
  ExclamationCircleFilled,
  InfoCircleOutlined,
  SyncOutlined,
} from '@ant-design/icons'
import { Button, Popover } from 'antd'
import type { ReactNode } from 'react'
import type { EngineEvent } from '../../../shared/engine-event.ts'
import type { JobView } from '../../../shared/ipc-contract.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { describeJobFailure } from '../../i18n/describe-failure.ts'
import { useTranslation } from '../../i18n/index.ts'
import { NeedsProgram } from '../../shell/needs-program.tsx'
import { useAppInfo } from '../../store/use-window-store.tsx'
import { popupContainer } from '../popup-container.ts'
import type { JobCommands } from '../use-job-commands.ts'
import { type FilledSentence, fillSentence, joinSentence } from '../words/fill-sentence.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { type Banner, type BannerKind, chooseBanners, type Tone } from './choose-banners.ts'
import './banner-line.css'

type BannerLineProps = {
  job: JobView
  snapshot: MetricsSnapshot | undefined
  events: readonly EngineEvent[]
  commands: JobCommands
}

export function BannerLine({ job, snapshot, events, commands }: BannerLineProps) {
  const words = useJobWords()
  const { t } = useTranslation()
  const canReveal = useAppInfo()?.nativeDialogs === true
  // What the form says of such a failure, and what to do about it.
  const whyItStopped = ({ lead: stopped, details: when }: FilledSentence): FilledSentence => {
    const failure = job.summary?.failure
    if (!failure) return { lead: stopped, details: when }
    const { sentence, advice } = describeJobFailure(t, failure, job)
    return { lead: `${stopped}${words.punctuation.colon}${sentence}`, details: `${advice} ${when}` }
  }
  // The program's clock decides what is recent; without a snapshot only conditions without an age are left.
  const now = snapshot ? Date.parse(snapshot.time) : Date.now()
  const [main, ...others] = chooseBanners({ job, snapshot, events, now })
  if (!main) return null
  const filled = fillSentence(words.banners[main.kind], main.reason, words)
  const { lead, details } = NAME_THE_FAILURE.includes(main.kind) ? whyItStopped(filled) : filled
  const { waitSeconds: _, ...steady } = main.reason
  const spoken = fillSentence(words.banners[main.kind], SPOKEN_ONCE.includes(main.kind) ? {} : steady, words)
  return (
    <section className="lh-banner" data-tone={main.tone} data-kind={main.kind}>
      <span className="lh-banner-icon" aria-hidden="true">
        {ICONS[main.kind] ?? TONE_ICONS[main.tone]}
      </span>
      <p className="lh-banner-text">
        <strong>{lead}</strong> {details}
      </p>
      <p className="lh-spoken" aria-live="polite">
        {NAME_THE_FAILURE.includes(main.kind) ? lead : spoken.lead}
      </p>
      {others.map((banner) => (
        <OtherBanner key={banner.kind} banner={banner} />
      ))}
      {/* To go on is the first button of the head already; a second one would only ask which is the right one. */}
      {main.kind === 'completed' && canReveal && (
        <NeedsProgram>
          <Button size="small" onClick={() => commands.reveal()}>
            {words.head.showFolder}
          </Button>
        </NeedsProgram>
      )}
    </section>
  )
}

/** What ended the last run is said in them. */
const NAME_THE_FAILURE: BannerKind[] = ['failedEarly', 'goesOnByItself']
/** Their numbers change all the time. */
const SPOKEN_ONCE: BannerKind[] = ['listing', 'running', 'runningWithFailures', 'retrying', 'offline', 'rebuildingWarm']

function OtherBanner({ banner }: { banner: Banner }) {
  const words = useJobWords()
  const sentence = joinSentence(fillSentence(words.banners[banner.kind], banner.reason, words), words)
  return (
    <Popover
      trigger="click"
      content={<p className="lh-banner-other">{sentence}</p>}
      destroyOnHidden
      getPopupContainer={popupContainer}
    >
      <button type="button" className="lh-banner-tag" data-tone={banner.tone}>
        <span aria-hidden="true">{TONE_ICONS[banner.tone]}</span>{' '}
        {words.bannerTags[banner.kind === 'rebuildingWarm' ? 'rebuilding' : banner.kind] ?? sentence}
      </button>
    </Popover>
  )
}

const TONE_ICONS: Record<Tone, ReactNode> = {
  trouble: <CloseCircleFilled />,
  healing: <SyncOutlined />,
  healthy: <CheckCircleFilled />,
  neutral: <InfoCircleOutlined />,
}
const ICONS: Partial<Record<BannerKind, ReactNode>> = {
  nothingFound: <ExclamationCircleFilled />,
  coolingDown: <ClockCircleOutlined />,
  outsideWindow: <ClockCircleOutlined />,
  waiting: <ClockCircleOutlined />,
}
