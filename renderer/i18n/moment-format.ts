import type { Language } from './index.ts'

/**
 * Of English the locale whose dates cannot be taken for another day, on the clock of the charts: `1 Jan 2026, 14:10`.
 */
const LOCALES: Record<Language, string> = { zh: 'zh-CN', en: 'en-GB' }

export const momentFormat = (language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(LOCALES[language], options)
