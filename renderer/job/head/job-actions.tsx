/** The buttons of a job. Which ones are there depends on its phase alone; their order never changes. */
import {
  CaretRightOutlined,
  CloseOutlined,
  ControlOutlined,
  DeleteOutlined,
  EllipsisOutlined,
  FileZipOutlined,
  FolderOpenOutlined,
  FormOutlined,
  PauseOutlined,
  RedoOutlined,
  ReloadOutlined,
} from '@ant-design/icons'
import { Button, Dropdown, type MenuProps } from 'antd'
import { memo } from 'react'
import { hasEnded, type JobPhase } from '../../../shared/job-state.ts'
import { useTranslation } from '../../i18n/index.ts'
import { NeedsProgram } from '../../shell/needs-program.tsx'
import { useAppInfo } from '../../store/use-window-store.tsx'
import { CoolingIcon } from '../chart/mark-shapes.tsx'
import { popupContainer } from '../popup-container.ts'
import type { JobCommands } from '../use-job-commands.ts'
import { useJobWords } from '../words/use-job-words.ts'
import type { MainAction } from './choose-main-action.ts'

type MoreActionsProps = { phase: JobPhase; hasFailures: boolean; commands: JobCommands; onLimits: () => void }
type JobActionsProps = MoreActionsProps & { mainAction: MainAction | undefined; onReport: () => void }

/** Memoised: takes only what changes with the phase, so that a new snapshot does not render it again. */
export const JobActions = memo(function JobActions(props: JobActionsProps) {
  const { phase, mainAction, commands, onReport, onLimits } = props
  const { head } = useJobWords()
  const { t } = useTranslation()
  const ended = hasEnded(phase)
  const isRetry = mainAction === 'retry'
  const pause = (
    <Button
      icon={<PauseOutlined aria-hidden="true" />}
      loading={commands.pending === 'jobs.pause'}
      onClick={commands.pause}
    >
      {head.pause}
    </Button>
  )
  return (
    <NeedsProgram className="lh-job-actions">
      {/* One button at one place: who pauses by keyboard resumes by it. */}
      {mainAction ? (
        <Button
          type="primary"
          icon={isRetry ? <RedoOutlined aria-hidden="true" /> : <CaretRightOutlined aria-hidden="true" />}
          loading={commands.pending === (isRetry ? 'jobs.retry' : 'jobs.resume')}
          onClick={() => (isRetry ? commands.retry() : commands.resume())}
        >
          {head[mainAction]}
        </Button>
      ) : (
        !ended && pause
      )}
      {mainAction && !ended && phase !== 'paused' && pause}
      {!ended && (
        <Button icon={<CloseOutlined aria-hidden="true" />} onClick={commands.cancel}>
          {head.cancel}
        </Button>
      )}
      {ended ? (
        <Button icon={<FormOutlined aria-hidden="true" />} onClick={commands.reuse}>
          {head.reuse}
        </Button>
      ) : (
        <Button
          icon={<ControlOutlined aria-hidden="true" />}
          aria-label={head.limits}
          title={head.limits}
          onClick={onLimits}
        >
          <span className="lh-job-action-text">{head.limits}</span>
        </Button>
      )}
      <Button icon={<FileZipOutlined aria-hidden="true" />} onClick={onReport}>
        {t('logs.report.button')}
      </Button>
      <MoreActions {...props} />
    </NeedsProgram>
  )
})

function MoreActions({ phase, hasFailures, commands, onLimits }: MoreActionsProps) {
  const { head } = useJobWords()
  const canReveal = useAppInfo()?.nativeDialogs === true
  const ended = hasEnded(phase)
  const isRunning = phase === 'running'
  const items: MenuProps['items'] = [
    { key: 'coolDown', label: head.coolDown, icon: <CoolingIcon />, disabled: !isRunning, onClick: commands.coolDown },
    {
      key: 'rebuildPool',
      label: head.rebuildPool,
      icon: <ReloadOutlined aria-hidden="true" />,
      disabled: !isRunning,
      onClick: commands.rebuildPool,
    },
    // Afterwards the first button tries them again, with whatever else is left.
    ...(ended
      ? []
      : [
          {
            key: 'retry',
            label: head.retry,
            icon: <RedoOutlined aria-hidden="true" />,
            disabled: !hasFailures,
            onClick: () => commands.retry(),
          },
        ]),
    ...(canReveal
      ? [
          {
            key: 'reveal',
            label: head.showFolder,
            icon: <FolderOpenOutlined aria-hidden="true" />,
            onClick: () => commands.reveal(),
          },
        ]
      : []),
    { type: 'divider' },
    ...(ended
      ? [
          {
            key: 'limits',
            label: head.limits,
            icon: <ControlOutlined aria-hidden="true" />,
            disabled: phase === 'completed',
            onClick: onLimits,
          },
        ]
      : [
          {
            key: 'reuse',
            label: head.reuse,
            icon: <FormOutlined aria-hidden="true" />,
            onClick: commands.reuse,
          },
        ]),
    {
      key: 'remove',
      label: head.remove,
      icon: <DeleteOutlined aria-hidden="true" />,
      disabled: !ended,
      onClick: commands.remove,
    },
  ]
  return (
    <Dropdown menu={{ items }} trigger={['click']} placement="bottomRight" autoFocus getPopupContainer={popupContainer}>
      <Button icon={<EllipsisOutlined aria-hidden="true" />} aria-label={head.more} title={head.more} />
    </Dropdown>
  )
}
