/** Which of our two languages a system, a browser or a terminal asks for. */
export type SupportedLanguage = 'zh' | 'en'

/** The first of the wished languages (`zh-CN`, `en_GB.UTF-8`, `de`) that is supported. */
export function firstSupportedLanguage(wished: readonly string[]): SupportedLanguage | undefined {
  for (const each of wished) {
    const found = /^(zh|en)(?![a-z])/i.exec(each)?.[1]
    if (found) return found.toLowerCase() as SupportedLanguage
  }
  return undefined
}
