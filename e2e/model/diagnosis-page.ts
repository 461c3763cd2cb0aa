/** The diagnosis page, used as a person uses it: by its labels. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import type { Language } from './words.ts'

const zh = {
  title: '诊断',
  run: '开始诊断',
  again: '再诊断一次',
  stop: '停止',
  findings: '发现的问题',
  save: '保存 diagnostics.txt',
  firstByte: '首字节时间',
  unhealthy: '应答超过 5 秒',
  denied: '没有权限',
  bucket: '列举存储桶',
  stopped: '诊断被停止',
}
const en: typeof zh = {
  title: 'Diagnosis',
  run: 'Diagnose',
  again: 'Diagnose again',
  stop: 'Stop',
  findings: 'Findings',
  save: 'Save diagnostics.txt',
  firstByte: 'Time to first byte',
  unhealthy: 'more than 5 s',
  denied: 'Access is denied',
  bucket: 'Listing the bucket',
  stopped: 'was stopped',
}
export const DIAGNOSIS_WORDS: Record<Language, typeof zh> = { zh, en }

export const diagnosisPage = (page: Page, language: Language = 'zh') => {
  const words = DIAGNOSIS_WORDS[language]
  const finished = () => page.getByRole('button', { name: words.save }).waitFor()
  return {
    /** By the side bar where there is one; at the first start there is none, and the header's button does it. */
    async open(): Promise<void> {
      const link = page.getByRole('link', { name: words.title, exact: true })
      if (await link.isVisible()) await link.click()
      else await page.getByRole('button', { name: words.title, exact: true }).click()
      await page.getByRole('heading', { name: words.title, level: 1 }).waitFor()
    },
    run: () => page.getByRole('button', { name: words.run, exact: true }).click(),
    stop: () => page.getByRole('button', { name: words.stop, exact: true }).click(),
    finished,
    target: () => page.locator('.lh-diagnosis-start .ant-select').innerText(),
    /** The row of a check, all its words. */
    row: (check: string) => page.getByRole('row').filter({ hasText: check }).innerText(),
    rows: () => page.locator('.lh-check-table tbody tr').count(),
    findings: () => page.getByRole('region', { name: words.findings }).innerText(),
    async save(): Promise<string> {
      const coming = page.waitForEvent('download')
      await page.getByRole('button', { name: words.save }).click()
      return readFileSync(await (await coming).path(), 'utf8')
    },
  }
}
