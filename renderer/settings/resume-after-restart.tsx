import { Checkbox } from 'antd'
import { useTranslation } from '../i18n/index.ts'
import { useAppInfo, useSettings } from '../store/use-window-store.tsx'
import { useChangeSettings } from './use-change-settings.ts'

/**
 * One setting, offered in the form of a new download too. Not in a browser, where no program can be started at login.
 */
export function ResumeAfterRestart() {
  const { t } = useTranslation()
  const info = useAppInfo()
  const { resumeAfterRestart } = useSettings()
  const change = useChangeSettings()
  if (info?.host !== 'desktop') return null
  return (
    <Checkbox
      checked={info.startsAtLogin && resumeAfterRestart}
      disabled={!info.startsAtLogin}
      onChange={(event) => change({ resumeAfterRestart: event.target.checked })}
    >
      {t(info.startsAtLogin ? 'settings.resumeAfterRestart' : 'settings.resumeAfterRestartNot')}
    </Checkbox>
  )
}
