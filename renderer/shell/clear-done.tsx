import { ClearOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import type { JobView } from '../../shared/ipc-contract.ts'
import { useClient } from '../client/use-client.tsx'
import { describeFailure } from '../i18n/describe-failure.ts'
import { useTranslation } from '../i18n/index.ts'
import { useJobWords } from '../job/words/use-job-words.ts'
import { focusMainAfterDialog } from './focus-main.ts'
import { jobMood } from './job-label.ts'
import { NeedsProgram } from './needs-program.tsx'
import { goTo, useRoute } from './route.ts'

/** Removes the records of all jobs that are done, once there are several; what failed or can go on stays. */
export function ClearDone({ jobs }: { jobs: readonly JobView[] }) {
  const { t } = useTranslation()
  const { head } = useJobWords()
  const client = useClient()
  const { message, modal } = App.useApp()
  const route = useRoute()
  const done = jobs.filter((job) => jobMood(job).word === 'completed')
  if (done.length < 2) return null

  const clear = async () => {
    for (const { jobId } of done) {
      const outcome = await client.call('jobs.remove', { jobId })
      if (!outcome.ok) return void message.error(describeFailure(t, outcome.failure).sentence)
      if (route.page === 'job' && route.jobId === jobId) goTo({ page: 'new' })
    }
  }
  const ask = () =>
    void modal.confirm({
      title: t('shell.clearDoneQuestion', { count: done.length }),
      content: head.removeDetail,
      okText: head.removeYes,
      cancelText: head.removeNo,
      onOk: clear,
      afterClose: focusMainAfterDialog,
    })
  return (
    <NeedsProgram>
      <Button
        className="lh-side-clear"
        type="text"
        size="small"
        icon={<ClearOutlined aria-hidden="true" />}
        title={t('shell.clearDone')}
        onClick={ask}
      >
        <span className="lh-side-label">{t('shell.clearDone')}</span>
      </Button>
    </NeedsProgram>
  )
}
