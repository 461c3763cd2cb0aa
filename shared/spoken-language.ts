/** Which of our two languages a system, a browser or a terminal asks for. */
export type SpokenLanguage = 'zh' | 'en'

/** The first of the wished languages (`zh-CN`, `en_GB.UTF-8`, `de`) that we speak. */
export function firstSpokenLanguage(wished: readonly string[]): SpokenLanguage | undefined {
  for (const each of wished) {
    const found = /^(zh|en)(?![a-z])/i.exec(each)?.[1]
    if (found) return found.toLowerCase() as SpokenLanguage
  }
  return undefined
}
