import { Checkbox, Segmented } from 'antd'
import type { Settings } from '../../shared/settings.ts'
import { isAbsolutePath } from '../form/draft-fields.ts'
import { Field, Section } from '../form/field.tsx'
import { useTranslation } from '../i18n/index.ts'
import { useAppInfo, useSettings } from '../store/use-window-store.tsx'
import { DraftInput } from './draft-input.tsx'
import { useChangeSettings } from './use-change-settings.ts'

export function GeneralSection() {
  const { t } = useTranslation()
  const settings = useSettings()
  const info = useAppInfo()
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
      <DraftInput
        label={t('settings.defaultFolder')}
        value={settings.defaultFolder}
        hint={t('settings.defaultFolderHint', { path: info?.defaultFolder ?? '' })}
        check={(text) =>
          text.trim() === '' || isAbsolutePath(text)
            ? undefined
            : t('form.errors.folderRelative', { example: info?.defaultFolder ?? '' })
        }
        onCommit={(text) => change({ defaultFolder: text.trim() })}
      />
      <div className="lh-settings-check">
        <Checkbox
          checked={settings.notifyWhenDone}
          onChange={(event) => change({ notifyWhenDone: event.target.checked })}
        >
          {t('settings.notify')}
        </Checkbox>
      </div>
    </Section>
  )
}
