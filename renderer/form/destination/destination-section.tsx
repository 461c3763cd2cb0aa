import { formatBytes } from '../../../shared/format-units.ts'
import { Section } from '../../fields/field.tsx'
import { FolderField } from '../../fields/folder-field.tsx'
import { describeFailure } from '../../i18n/describe-failure.ts'
import { useTranslation } from '../../i18n/index.ts'
import type { FolderState } from './use-folder.ts'

type DestinationSectionProps = {
  path: string
  folder: FolderState
  error: string | undefined
  onChange: (path: string) => void
  onTouch: () => void
}

export function DestinationSection({ path, folder, error, onChange, onTouch }: DestinationSectionProps) {
  const { t } = useTranslation()
  return (
    <Section title={t('form.destination')}>
      <FolderField
        label={t('form.folder')}
        path={path}
        error={error ?? (folder.status === 'failed' ? describeFailure(t, folder.failure).sentence : undefined)}
        hint={<FolderHint folder={folder} />}
        onType={onChange}
        onChoose={onChange}
        onLeave={onTouch}
      />
    </Section>
  )
}

function FolderHint({ folder }: { folder: FolderState }) {
  const { t } = useTranslation()
  if (folder.status === 'checking') return t('form.folderChecking')
  if (folder.status !== 'known') return '\u00a0'
  const { freeBytes, hasJournal, exists } = folder.view
  const free = t('form.folderFree', { size: formatBytes(freeBytes) })
  if (hasJournal) return `${free} · ${t('form.folderResume')}`
  return exists ? free : `${free} · ${t('form.folderNew')}`
}
