/**
 * Two languages, both in the bundle. `zh.ts` decides which keys exist; the compiler holds `en.ts` to them.
 * The job page's words (`job-zh.ts`, `job-en.ts`) have a format of their own and are read through `job/`.
 */
import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import type { Settings } from '../../shared/settings.ts'
import { firstSupportedLanguage, type SupportedLanguage } from '../../shared/supported-language.ts'
import { en } from './en.ts'
import { zh } from './zh.ts'

export type Language = SupportedLanguage

/** What `<html lang>` says: it decides the shapes of Han characters and the voice of a screen reader. */
const HTML_LANGUAGE: Record<Language, string> = { zh: 'zh-CN', en: 'en' }

void i18next.use(initReactI18next).init({
  resources: { zh: { translation: zh }, en: { translation: en } },
  lng: chooseLanguage('system', undefined),
  fallbackLng: false,
  // React escapes by itself.
  interpolation: { escapeValue: false },
  initAsync: false,
})

/**
 * The program may run on a server and the browser in front of the user: Chinese when either asks for it, English when
 * either asks for that, and Chinese again when they ask for neither.
 */
export function chooseLanguage(
  chosen: Settings['language'],
  system: Language | undefined,
  browser: readonly string[] = typeof navigator === 'undefined' ? [] : navigator.languages,
): Language {
  if (chosen !== 'system') return chosen
  const requested = [system, firstSupportedLanguage(browser)]
  return !requested.includes('zh') && requested.includes('en') ? 'en' : 'zh'
}

export function applyLanguage(language: Language): void {
  if (i18next.language !== language) void i18next.changeLanguage(language)
  if (typeof document !== 'undefined') document.documentElement.lang = HTML_LANGUAGE[language]
}

/** The language in force. */
export function useLanguage(): Language {
  return useTranslation().i18n.language === 'en' ? 'en' : 'zh'
}

export { i18next, useTranslation }
