import { MedicineBoxOutlined, SettingOutlined } from '@ant-design/icons'
import { Button, Segmented, Tooltip } from 'antd'
import type { Settings } from '../../shared/settings.ts'
import { type Language, useLanguage, useTranslation } from '../i18n/index.ts'
import { useChangeSettings } from '../settings/use-change-settings.ts'
import { useSettings } from '../store/use-window-store.tsx'
import { goTo, useRoute } from './route.ts'
import './header.css'

/** Popups are rendered inside their landmark, for screen readers. */
const withinHeader = (trigger: HTMLElement): HTMLElement => trigger.closest('header') ?? document.body

export function Header() {
  const { t } = useTranslation()
  const route = useRoute()
  return (
    <header className="lh-header">
      {/* A button, not a link to #lh-main: the hash holds the route. */}
      <button type="button" className="lh-header-skip" onClick={() => document.getElementById('lh-main')?.focus()}>
        {t('shell.skip')}
      </button>
      <span className="lh-header-name">Longhaul</span>
      <LanguageSwitch />
      <ThemeSwitch />
      {/* At the first start there is no side bar, and that is when nothing works yet. */}
      <Tooltip title={t('diagnosis.title')} placement="bottomRight" getPopupContainer={withinHeader}>
        <Button
          type="text"
          aria-label={t('diagnosis.title')}
          aria-current={route.page === 'diagnosis' ? 'page' : undefined}
          icon={<MedicineBoxOutlined />}
          onClick={() => goTo({ page: 'diagnosis' })}
        />
      </Tooltip>
      <Tooltip title={t('shell.settings')} placement="bottomRight" getPopupContainer={withinHeader}>
        <Button
          type="text"
          aria-label={t('shell.settings')}
          aria-current={route.page === 'settings' ? 'page' : undefined}
          icon={<SettingOutlined />}
          onClick={() => goTo({ page: 'settings' })}
        />
      </Tooltip>
    </header>
  )
}

function LanguageSwitch() {
  const { t } = useTranslation()
  const language = useLanguage()
  const change = useChangeSettings()
  return (
    <Segmented<Language>
      size="small"
      aria-label={t('shell.switchLanguage')}
      value={language}
      options={[
        { value: 'zh', label: <span lang="zh-CN">中</span>, title: '中文' },
        { value: 'en', label: <span lang="en">EN</span>, title: 'English' },
      ]}
      onChange={(chosen) => change({ language: chosen })}
    />
  )
}

const NEXT_THEME: Record<Settings['theme'], Settings['theme']> = { system: 'light', light: 'dark', dark: 'system' }

function ThemeSwitch() {
  const { t } = useTranslation()
  const { theme } = useSettings()
  const change = useChangeSettings()
  const names = { system: t('shell.themeSystem'), light: t('shell.themeLight'), dark: t('shell.themeDark') }
  const label = t('shell.switchTheme', { name: names[theme] })
  return (
    <Tooltip title={label} placement="bottomRight" getPopupContainer={withinHeader}>
      <Button type="text" aria-label={label} onClick={() => change({ theme: NEXT_THEME[theme] })}>
        <HalfDisc />
      </Button>
    </Tooltip>
  )
}

function HalfDisc() {
  return (
    <svg width="15" height="15" viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M8 1.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
    </svg>
  )
}
