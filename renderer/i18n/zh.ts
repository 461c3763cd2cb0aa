/** 中文是全部文字的准绳：这里有哪些键，`en.ts` 就必须有哪些键。每页一个文件。 */
import { diagnosisZh } from './diagnosis-zh.ts'
import { failuresZh } from './failures-zh.ts'
import { formZh } from './form-zh.ts'
import { logsZh } from './logs-zh.ts'
import { settingsZh } from './settings-zh.ts'
import { shellZh } from './shell-zh.ts'

export const zh = {
  shell: shellZh,
  form: formZh,
  settings: settingsZh,
  diagnosis: diagnosisZh,
  logs: logsZh,
  failures: failuresZh,
}
