/** What the user sets once. Every change is saved at once; there is no save button. */
import { useTranslation } from '../i18n/index.ts'
import { AboutSection } from './about-section.tsx'
import { GeneralSection } from './general-section.tsx'
import { NetworkSection } from './network-section.tsx'
import { PolicySection } from './policy-section.tsx'
import './settings-page.css'

export function SettingsPage() {
  const { t } = useTranslation()
  return (
    <div className="lh-settings">
      <h1 className="lh-settings-title">{t('settings.title')}</h1>
      <GeneralSection />
      <NetworkSection />
      <PolicySection />
      <AboutSection />
    </div>
  )
}
