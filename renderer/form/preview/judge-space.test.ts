import { describe, expect, test } from 'vitest'
import type { FolderView } from '../../../shared/ipc-contract.ts'
import { judgeSpace } from './judge-space.ts'

describe('space on the disk', () => {
  const folder: FolderView = {
    path: '/data',
    exists: true,
    isBelowFile: false,
    isDriveMissing: false,
    writable: true,
    freeBytes: 100,
    hasJournal: false,
  }
  const rows: [string, number | undefined, boolean, FolderView | undefined, object][] = [
    ['it fits', 60, true, folder, { verdict: 'fits', bytes: 40 }],
    ['a listing under way cannot prove that it fits', 60, false, folder, { verdict: 'unknown' }],
    ['a listing under way can prove that it does not', 130, false, folder, { verdict: 'short', bytes: 30 }],
    ['a part is there already', 130, true, { ...folder, hasJournal: true }, { verdict: 'unknown' }],
    [
      'a drive that is not connected',
      130,
      true,
      { ...folder, isDriveMissing: true, freeBytes: 0 },
      { verdict: 'unknown' },
    ],
    ['no folder yet', 60, true, undefined, { verdict: 'unknown' }],
  ]
  test.each(rows)('%s', (_, bytes, done, view, expected) => expect(judgeSpace(bytes, done, view)).toEqual(expected))
})
