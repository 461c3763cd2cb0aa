import { diagnosisEn } from './diagnosis-en.ts'
import { failuresEn } from './failures-en.ts'
import { formEn } from './form-en.ts'
import { logsEn } from './logs-en.ts'
import { settingsEn } from './settings-en.ts'
import { shellEn } from './shell-en.ts'
import type { Translation } from './translation.ts'
import type { zh } from './zh.ts'

export const en: Translation<typeof zh> = {
  shell: shellEn,
  form: formEn,
  settings: settingsEn,
  diagnosis: diagnosisEn,
  logs: logsEn,
  failures: failuresEn,
}
