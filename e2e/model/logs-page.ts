/** The log page and the report dialog, used as a person uses them: by their labels. */
import type { Page } from 'playwright-core'
import type { Language } from './words.ts'

const zh = {
  title: '日志',
  analyse: '分析',
  findings: '可能的原因',
  throttling: 'S3 限流',
  cure: '减少线程数',
  file: '文件',
  missing: '没有这个文件',
  report: '生成报告…',
  hideNames: '同时隐去存储桶、对象和文件夹的名称',
  saveTo: '保存到',
  save: '保存',
  saved: '已保存：',
  files: '文件',
}
const en: typeof zh = {
  title: 'Logs',
  analyse: 'Analyse',
  findings: 'Likely causes',
  throttling: 'S3 throttles',
  cure: 'Use fewer threads',
  file: 'File',
  missing: 'There is no file',
  report: 'Make a report…',
  hideNames: 'Hide the names of bucket, objects and folders too',
  saveTo: 'Save to',
  save: 'Save',
  saved: 'Saved: ',
  files: 'Files',
}
export const LOGS_WORDS: Record<Language, typeof zh> = { zh, en }

export const logsPage = (page: Page, language: Language = 'zh') => {
  const words = LOGS_WORDS[language]
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const dialog = page.getByRole('dialog')
  return {
    async open(): Promise<void> {
      await page.getByRole('link', { name: words.title, exact: true }).click()
      await page.getByRole('heading', { name: words.title, level: 1 }).waitFor()
    },
    path: () => page.getByLabel(words.file, { exact: true }).last(),
    analyse: () => button(words.analyse).click(),
    findings: () => page.getByRole('region', { name: words.findings }).innerText(),
    async openReport(): Promise<void> {
      await button(words.report).click()
      await dialog.getByRole('list', { name: words.files }).waitFor()
    },
    hideNames: () => dialog.getByLabel(words.hideNames).check(),
    /** What the dialog shows of a file. */
    async readFile(name: string): Promise<string> {
      await dialog.getByRole('button', { name }).click()
      return dialog.locator('pre').innerText()
    },
    /** Saves into this folder; returns the path that the dialog tells. */
    async saveReport(folder: string): Promise<string> {
      await dialog.getByLabel(words.saveTo).fill(folder)
      await dialog.getByRole('button', { name: words.save, exact: true }).click()
      const text = await dialog.getByText(words.saved).innerText()
      return text.slice(text.indexOf(words.saved) + words.saved.length).trim()
    },
  }
}
