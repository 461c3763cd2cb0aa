/** The form, used as a person uses it: by its labels. */
import type { Page } from 'playwright-core'

export const newDownloadPage = (page: Page) => ({
  /** An `s3://` or web address; a web address brings its endpoint along. */
  async pasteAddress(address: string): Promise<void> {
    await page.getByLabel('S3 地址').fill(address)
  },
  async setFolder(folder: string): Promise<void> {
    await page.getByLabel('文件夹', { exact: true }).fill(folder)
  },
  address: () => page.getByLabel('S3 地址').inputValue(),
  folder: () => page.getByLabel('文件夹', { exact: true }).inputValue(),
  /** Waits until the preview has counted everything. */
  async previewShows(objects: number): Promise<void> {
    await page.getByText(`${objects} 个对象`).waitFor()
  },
  /** In a folder that holds an earlier download. */
  continue: () => page.getByRole('button', { name: '继续下载' }).click(),
  start: () => page.getByRole('button', { name: '开始下载' }).click(),
})
