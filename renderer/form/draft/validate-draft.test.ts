import { describe, expect, test } from 'vitest'
import type { FolderView } from '../../../shared/ipc-contract.ts'
import { emptyDraft, exampleDraft, type FormDraft, withAddress, withSource } from './form-draft.ts'
import { type DraftErrors, type SourceField, validateDraft, wrongSourceField } from './validate-draft.ts'

const example = exampleDraft('/data')

describe('validation', () => {
  const readOnly: FolderView = {
    path: '/data',
    exists: true,
    isBelowFile: false,
    isDriveMissing: false,
    writable: false,
    freeBytes: 1,
    hasJournal: false,
  }
  const rows: [string, FormDraft, DraftErrors][] = [
    ['the example is right', example, {}],
    ['nothing filled in', emptyDraft(''), { bucket: 'bucketMissing', folder: 'folderMissing' }],
    [
      'an address that is none, over the bucket of an earlier one',
      withAddress(example, 'era5 please'),
      { address: 'addressUnreadable' },
    ],
    ['a bucket with a slash', { ...example, bucket: 'a/b' }, { bucket: 'bucketInvalid' }],
    ['a bucket with a space', { ...example, bucket: 'my bucket' }, { bucket: 'bucketInvalid' }],
    ['a bucket of one letter, as some servers allow', { ...example, bucket: 'a' }, {}],
    ['no profile chosen', { ...example, accessKind: 'profile' }, { profile: 'profileMissing' }],
    ['no keys saved', { ...example, accessKind: 'vault' }, { keys: 'keysMissing' }],
    ['a relative folder', { ...example, folder: 'data' }, { folder: 'folderRelative' }],
    ['a device of Windows', { ...example, folder: 'C:\\data\\con' }, { folder: 'folderReserved' }],
    ['a name that Windows cuts short', { ...example, folder: 'D:\\x.' }, { folder: 'folderReserved' }],
    ['a pattern whose bracket is not closed', { ...example, include: ['*.nc', '['] }, { include: 'globInvalid' }],
    ['a range that runs backwards', { ...example, exclude: ['[9-1].nc'] }, { exclude: 'globInvalid' }],
    ['no threads', { ...example, threads: 0 }, { threads: 'threadsRange' }],
    ['more threads than can be had', { ...example, threads: 1001 }, { threads: 'threadsRange' }],
    ['threads that do not count, because they are automatic', { ...example, threads: 0, threadsAuto: true }, {}],
    ['a region that is no piece of a host name', { ...example, region: 'us west 2!' }, { region: 'regionInvalid' }],
    ['a region of another make, with a space behind', { ...example, region: 'garage ' }, {}],
    ['an endpoint without scheme', { ...example, endpointUrl: 'minio:9000' }, { endpointUrl: 'endpointInvalid' }],
    ['a limit without number', { ...example, rateLimit: 'fast' }, { rateLimit: 'sizeInvalid' }],
    ['a limit whose unit was forgotten', { ...example, rateLimit: '20' }, { rateLimit: 'rateTooLow' }],
    ['a limit of nothing', { ...example, rateLimit: '0' }, { rateLimit: 'sizeInvalid' }],
    ['half a time window', { ...example, timeWindow: '22:00' }, { timeWindow: 'timeWindowInvalid' }],
    ['an empty time window', { ...example, timeWindow: '7:00-07:00' }, { timeWindow: 'timeWindowEmpty' }],
    ['tiny parts', { ...example, partSize: '1K' }, { partSize: 'partSizeRange' }],
  ]
  test.each(rows)('%s', (_, draft, errors) => expect(validateDraft(draft, undefined)).toEqual(errors))

  test('a bucket that cannot be is told once, not of the address that follows it as well', () => {
    expect(validateDraft(withSource(example, { bucket: 'my bucket' }), undefined)).toEqual({ bucket: 'bucketInvalid' })
  })
  test('a path that leads to a file', () => {
    expect(validateDraft(example, { ...readOnly, isBelowFile: true })).toEqual({ folder: 'folderIsFile' })
  })
  test('a drive that is not connected', () => {
    expect(validateDraft(example, { ...readOnly, isDriveMissing: true })).toEqual({ folder: 'folderDriveMissing' })
  })
  test('a folder that cannot be written to', () => {
    expect(validateDraft(example, readOnly)).toEqual({ folder: 'folderReadOnly' })
  })
  test.each<[string, FormDraft, SourceField | undefined]>([
    ['nothing, whatever the folder and the parts', { ...example, folder: '', partSize: 'x' }, undefined],
    ['an endpoint, out of sight', { ...example, endpointUrl: 'x' }, 'endpointUrl'],
    ['an address over an earlier bucket', withAddress(example, 'era5 please'), 'address'],
    ['a pattern that chooses nothing', { ...example, exclude: ['[a'] }, 'exclude'],
    ['the topmost of two', { ...example, bucket: '', endpointUrl: 'x' }, 'bucket'],
  ])('what keeps the bucket from being asked: %s', (_, draft, field) => {
    expect(wrongSourceField(validateDraft(draft, undefined))).toBe(field)
  })
})
