import { Checkbox, InputNumber, Segmented } from 'antd'
import { MOST_JOBS_AT_ONCE, type Settings } from '../../shared/settings.ts'
import { Field, Section } from '../fields/field.tsx'
import { FolderField } from '../fields/folder-field.tsx'
import { isAbsolutePath } from '../fields/path-text.ts'
import { useTranslation } from '../i18n/index.ts'
import { useAppInfo, useSettings } from '../store/use-window-store.tsx'
import { useCommitted } from './draft-input.tsx'
import { ResumeAfterRestart } from './resume-after-restart.tsx'
import { useChangeSettings } from './use-change-settings.ts'

export function GeneralSection() {
  const { t } = useTranslation()
  const settings = useSettings()
  const change = useChangeSettings()
  return (
    <Section title={t('settings.general')}>
      <Field label={t('settings.language')} group>
        {() => (
          <Segmented<Settings['language']>
            aria-label={t('settings.language')}
            value={settings.language}
            options={[
              { value: 'system', label: t('settings.languageSystem') },
              { value: 'zh', label: <span lang="zh-CN">中文</span> },
              { value: 'en', label: <span lang="en">English</span> },
            ]}
            onChange={(language) => change({ language })}
          />
        )}
      </Field>
      <Field label={t('settings.theme')} group>
        {() => (
          <Segmented<Settings['theme']>
            aria-label={t('settings.theme')}
            value={settings.theme}
            options={[
              { value: 'system', label: t('settings.themeSystem') },
              { value: 'light', label: t('settings.themeLight') },
              { value: 'dark', label: t('settings.themeDark') },
            ]}
            onChange={(theme) => change({ theme })}
          />
        )}
      </Field>
      <DefaultFolder />
      <Field label={t('settings.jobsAtOnce')} hint={t('settings.jobsAtOnceHint')}>
        {(control) => (
          <InputNumber
            {...control}
            min={1}
            max={MOST_JOBS_AT_ONCE}
            precision={0}
            value={settings.jobsAtOnce}
            onChange={(count) => count && change({ jobsAtOnce: count })}
          />
        )}
      </Field>
      <div className="lh-settings-check">
        <Checkbox
          checked={settings.notifyWhenDone}
          onChange={(event) => change({ notifyWhenDone: event.target.checked })}
        >
          {t('settings.notify')}
        </Checkbox>
        <ResumeAfterRestart />
      </div>
    </Section>
  )
}

function DefaultFolder() {
  const { t } = useTranslation()
  const { defaultFolder } = useSettings()
  const usual = useAppInfo()?.defaultFolder ?? ''
  const change = useChangeSettings()
  const { text, setText, error, commit } = useCommitted({
    value: defaultFolder,
    check: (path) =>
      path.trim() === '' || isAbsolutePath(path) ? undefined : t('form.errors.folderRelative', { example: usual }),
    onCommit: (path) => change({ defaultFolder: path.trim() }),
  })
  return (
    <FolderField
      label={t('settings.defaultFolder')}
      path={text}
      startAt={usual}
      hint={t('settings.defaultFolderHint', { path: usual })}
      error={error}
      onType={setText}
      onChoose={commit}
      onLeave={() => commit()}
    />
  )
}
