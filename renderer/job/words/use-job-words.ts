/** The job page's words in the language in force. */
import { type Language, useLanguage } from '../../i18n/index.ts'
import { jobEn } from '../../i18n/job-en.ts'
import { type JobWords, jobZh } from '../../i18n/job-zh.ts'

const JOB_WORDS: Record<Language, JobWords> = { zh: jobZh, en: jobEn }

export const useJobWords = (): JobWords => JOB_WORDS[useLanguage()]
