import { win32 } from 'node:path'
import { expect, test } from 'vitest'
import { findMissingDrive } from './missing-drive.ts'

test.each([
  ['a drive that is not connected', 'D:\\era5\\202510', 'D:\\'],
  ['a share whose server is away', '\\\\nas\\data\\era5', '\\\\nas\\data\\'],
  ['a folder yet to be made on a drive that is there', 'C:\\era5', undefined],
])('%s', async (_, folder, missing) => {
  expect(await findMissingDrive(folder, win32, async (path) => path === 'C:\\')).toBe(missing)
})

test('all of this machine lies below a root that is there', async () => {
  expect(await findMissingDrive(import.meta.dirname)).toBeUndefined()
})
