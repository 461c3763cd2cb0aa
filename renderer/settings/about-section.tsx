import { Section } from '../fields/field.tsx'
import { useTranslation } from '../i18n/index.ts'
import { useAppInfo } from '../store/use-window-store.tsx'

const PLATFORM_NAMES = { windows: 'Windows', linux: 'Linux', mac: 'macOS' }

export function AboutSection() {
  const { t } = useTranslation()
  const info = useAppInfo()
  if (!info) return null
  return (
    <Section title={t('settings.about')}>
      <p className="lh-settings-lead">{t('settings.aboutText')}</p>
      <dl className="lh-about">
        <dt>{t('settings.version')}</dt>
        <dd>Longhaul {info.version}</dd>
        <dt>{t('settings.host')}</dt>
        <dd>{info.host === 'desktop' ? t('settings.hostDesktop') : t('settings.hostWeb')}</dd>
        <dt>{t('settings.platform')}</dt>
        <dd>{PLATFORM_NAMES[info.platform]}</dd>
        <dt>{t('settings.vault')}</dt>
        <dd>{info.vault === 'os' ? t('settings.vaultOs') : t('settings.vaultSession')}</dd>
        <dt>{t('settings.license')}</dt>
        <dd>MIT</dd>
      </dl>
    </Section>
  )
}
