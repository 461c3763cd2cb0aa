import { describe, expect, test } from 'vitest'
import type { FolderView } from '../../shared/ipc-contract.ts'
import { jobSpecSchema } from '../../shared/job-spec.ts'
import { DEFAULT_SETTINGS } from '../../shared/settings.ts'
import { adviseEmpty } from './advise-empty.ts'
import { areBucketsHidden, crumbsOf, folderOf, nameBelow } from './browse-path.ts'
import { endpointPath, expandHome, isAbsolutePath, isWebUrl, parentPath, parseTimeWindow } from './draft-fields.ts'
import { readDraft, writeDraft } from './draft-storage.ts'
import { draftToSpec } from './draft-to-spec.ts'
import {
  countAdvanced,
  emptyDraft,
  exampleDraft,
  type FormDraft,
  withAddress,
  withBucketLeft,
  withSource,
} from './form-draft.ts'
import { judgeSpace } from './judge-space.ts'
import { specToDraft } from './spec-to-draft.ts'
import { type DraftErrors, type SourceField, validateDraft, wrongSourceField } from './validate-draft.ts'

const empty = emptyDraft('/data')
const example = exampleDraft('/data')

describe('an address fills the form', () => {
  const rows: [string, FormDraft, string, Partial<FormDraft>][] = [
    ['s3 address', empty, 's3://bucket/a/b/', { bucket: 'bucket', prefix: 'a/b/' }],
    [
      'a web address brings its region',
      empty,
      'https://bucket.s3.eu-west-1.amazonaws.com/a/',
      { bucket: 'bucket', prefix: 'a/', region: 'eu-west-1', endpointUrl: '' },
    ],
    [
      'another service brings its endpoint',
      empty,
      'http://127.0.0.1:9000/bucket/a/',
      { bucket: 'bucket', prefix: 'a/', endpointUrl: 'http://127.0.0.1:9000', addressing: 'auto' },
    ],
    [
      'an s3 address keeps the endpoint that was set',
      { ...empty, endpointUrl: 'http://127.0.0.1:9000', addressing: 'path' },
      's3://bucket/',
      { endpointUrl: 'http://127.0.0.1:9000', addressing: 'path' },
    ],
    ['another bucket leaves the old region behind', example, 's3://bucket/', { bucket: 'bucket', region: '' }],
    [
      'another prefix of the same bucket keeps it',
      example,
      's3://nsf-ncar-era5/x/',
      { prefix: 'x/', region: 'us-west-2' },
    ],
    [
      'the same bucket at another service leaves the old region behind, too',
      example,
      'http://127.0.0.1:9000/nsf-ncar-era5/x/',
      { bucket: 'nsf-ncar-era5', endpointUrl: 'http://127.0.0.1:9000', region: '' },
    ],
    ['what is no address stays as typed and changes nothing else', example, 'hello', { ...example, address: 'hello' }],
  ]
  test.each(rows)('%s', (_, before, text, expected) => {
    expect(withAddress(before, text)).toMatchObject(expected)
  })

  test('the filter of the example goes with it; one that was typed stays', () => {
    expect(withAddress(example, 's3://bucket/').include).toEqual([])
    expect(withSource(example, { prefix: 'e5.oper.an.pl/202509/' }).include).toEqual([])
    expect(withAddress({ ...example, include: ['*.nc'] }, 's3://bucket/').include).toEqual(['*.nc'])
    expect(withAddress(example, example.address).include).toEqual(example.include)
  })

  test.each([
    ['the address follows the bucket', withSource(empty, { bucket: ' b1x ' }), { bucket: 'b1x', address: 's3://b1x/' }],
    ['the address follows the prefix', withSource(example, { prefix: 'q/' }), { address: 's3://nsf-ncar-era5/q/' }],
    ['no bucket, no address', withSource(example, { bucket: '' }), { address: '', prefix: 'e5.oper.an.pl/202510/' }],
    [
      'an address pasted as bucket fills both',
      withSource(empty, { bucket: 's3://abc/d/' }),
      { bucket: 'abc', prefix: 'd/' },
    ],
    [
      'an ARN pasted as bucket does, too',
      withSource(empty, { bucket: 'arn:aws:s3:::abc/d/' }),
      { bucket: 'abc', prefix: 'd/' },
    ],
    [
      'a bucket and a prefix left in the field of the bucket fill both',
      withBucketLeft(withSource(example, { bucket: 'abc/d/e/' })),
      { bucket: 'abc', prefix: 'd/e/', address: 's3://abc/d/e/' },
    ],
    [
      'a bucket left with a slash behind keeps the prefix',
      withBucketLeft(withSource(example, { bucket: 'abc/' })),
      { bucket: 'abc', prefix: example.prefix },
    ],
    [
      'what is no bucket stays as typed',
      withBucketLeft(withSource(example, { bucket: 'my bucket/d/' })),
      { bucket: 'my bucket/d/' },
    ],
    ['a prefix keeps its spaces', withSource(example, { prefix: ' a /' }), { prefix: ' a /' }],
  ])('%s', (_, draft, expected) => expect(draft).toMatchObject(expected))
})

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

test.each<[string, Partial<FormDraft>, string | undefined]>([
  ['filters come first', { prefix: '/a/', exclude: ['*.xml'] }, 'previewEmptyGlobs'],
  ['a slash in front', { prefix: '/e5.oper.an.pl/' }, 'previewEmptySlash'],
  ['another prefix', { prefix: 'E5/' }, 'previewEmptyPrefix'],
  ['the whole bucket', { prefix: '' }, undefined],
])('what to try where nothing is found: %s', (_, changes, advice) => {
  expect(adviseEmpty({ ...empty, ...changes })).toBe(advice)
})

describe('the spec', () => {
  const full: FormDraft = {
    ...example,
    endpointUrl: ' https://minio.lab:9000 ',
    accessKind: 'vault',
    vaultId: 'k1',
    requesterPays: true,
    profile: 'left over',
    threads: 20,
    rateLimit: '20MiB',
    timeWindow: '22:00-07:00',
    partSize: '16MiB',
    verify: 'reread',
  }
  test('carries all that was filled in', () => {
    expect(draftToSpec(full, DEFAULT_SETTINGS)).toMatchObject({
      source: {
        endpointUrl: 'https://minio.lab:9000',
        region: 'us-west-2',
        access: { kind: 'vault', id: 'k1' },
        requestPayer: 'requester',
      },
      destination: '/data',
      threads: 20,
      limitBytesPerSecond: 20 * 1024 ** 2,
      timeWindow: { fromMinutes: 1320, toMinutes: 420 },
      partSize: 16 * 1024 ** 2,
      verify: 'reread',
    })
  })
  test.each([
    ['the example', example],
    ['everything', full],
    ['automatic threads', { ...example, threadsAuto: true }],
  ])('of %s passes the contract unchanged', (_, draft) => {
    const spec = draftToSpec(draft, DEFAULT_SETTINGS)
    expect(jobSpecSchema.parse(spec)).toEqual(spec)
  })
  test.each<[FormDraft['accessKind'], string | undefined]>([
    ['default', 'requester'],
    ['anonymous', undefined],
  ])('who pays, with %s access: %s', (accessKind, expected) => {
    const { source } = draftToSpec({ ...example, accessKind, requesterPays: true }, DEFAULT_SETTINGS)
    expect(source.requestPayer).toBe(expected)
  })
})

test.each([
  ['22:00-07:00', { fromMinutes: 1320, toMinutes: 420 }],
  [' 9:30 – 17:05 ', { fromMinutes: 570, toMinutes: 1025 }],
  ['22：00～7：00', { fromMinutes: 1320, toMinutes: 420 }],
  ['24:00-07:00', undefined],
  ['22:60-07:00', undefined],
  ['night', undefined],
])('time window %s', (text, expected) => expect(parseTimeWindow(text)).toEqual(expected))

test.each([
  ['/data', true],
  ['D:\\era5', true],
  ['d:/era5', true],
  ['\\\\nas\\era5', true],
  ['era5', false],
  ['~/era5', false],
  ['D:era5', false],
])('absolute path %s: %s', (path, expected) => expect(isAbsolutePath(path)).toBe(expected))

test.each([
  ['~/era5', '/home/wang', '/home/wang/era5'],
  ['~\\era5', 'C:\\Users\\wang', 'C:\\Users\\wang\\era5'],
  ['~/era5', '/', '/era5'],
  ['~/era5', '', '~/era5'],
  ['~', '/home/wang', '~'],
  ['~li/era5', '/home/wang', '~li/era5'],
  ['/data/~/era5', '/home/wang', '/data/~/era5'],
])('%s in the home folder %s is %s', (path, home, expected) => expect(expandHome(path, home)).toBe(expected))

test.each([
  ['http://127.0.0.1:9000/era5/', '/era5'],
  ['https://minio.lab:9000/', undefined],
  ['https://minio.lab:9000', undefined],
  ['minio', undefined],
])('the path of the endpoint %s is %s', (url, expected) => expect(endpointPath(url)).toBe(expected))

test.each([
  ['/data/era5', '/data/'],
  ['/data/era5/', '/data/'],
  ['/data', '/'],
  ['/', undefined],
  ['D:\\era5\\202510', 'D:\\era5\\'],
  ['D:\\era5', 'D:\\'],
  ['D:\\', undefined],
])('above %s is %s', (path, expected) => expect(parentPath(path)).toBe(expected))

test.each([
  ['https://minio.lab', true],
  ['http://127.0.0.1:9000', true],
  ['minio.lab', false],
  ['ftp://minio.lab', false],
  ['https://', false],
])('web address %s: %s', (text, expected) => expect(isWebUrl(text)).toBe(expected))

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
    ['no folder yet', 60, true, undefined, { verdict: 'unknown' }],
  ]
  test.each(rows)('%s', (_, bytes, done, view, expected) => expect(judgeSpace(bytes, done, view)).toEqual(expected))
})

describe('browsing', () => {
  test.each([
    ['', []],
    ['a/', ['a/']],
    ['a/b/c', ['a/', 'a/b/']],
    ['/a/', ['/', '/a/']],
  ])('trail of "%s"', (prefix, expected) => expect(crumbsOf(prefix).map((crumb) => crumb.prefix)).toEqual(expected))

  test('a whole key is browsed at its folder', () => expect(folderOf('a/b/file.nc')).toBe('a/b/'))
  test('names are told below the place', () => expect(nameBelow('a/b/', 'a/')).toBe('b/'))
})

describe('keeping the draft', () => {
  const storage = () => {
    const kept = new Map<string, string>()
    return {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, text: string) => void kept.set(key, text),
    } as unknown as Storage
  }
  test('survives a reload', () => {
    const kept = storage()
    writeDraft(kept, example)
    expect(readDraft(kept)).toEqual(example)
    // A wrong number as well: what was typed stays.
    writeDraft(kept, { ...example, threads: 1001 })
    expect(readDraft(kept)?.threads).toBe(1001)
  })
  test.each(['', '{', 'null', '{"bucket":1}'])('what cannot be read is forgotten: %s', (text) => {
    const kept = storage()
    kept.setItem('longhaul-form', text)
    expect(readDraft(kept)).toBeUndefined()
  })
  test('holds no secret', () => {
    expect(Object.keys(example).filter((name) => /secret|token|accessKey/i.test(name))).toEqual([])
  })
})

test('changed advanced options are counted', () => {
  expect(countAdvanced(empty)).toBe(0)
  expect(countAdvanced(example)).toBe(0)
  expect(countAdvanced({ ...example, partSize: '16MiB' })).toBe(1)
  expect(countAdvanced({ ...empty, region: 'eu-west-1', verify: 'off' })).toBe(2)
})

describe('the settings of a job come back into the form as they were', () => {
  const full: FormDraft = {
    address: 's3://bucket/a/b/',
    bucket: 'bucket',
    prefix: 'a/b/',
    endpointUrl: 'http://127.0.0.1:9000',
    region: 'eu-west-1',
    addressing: 'path',
    accessKind: 'profile',
    profile: 'work',
    vaultId: '',
    folder: '/data/era5',
    threadsAuto: false,
    requesterPays: true,
    threads: 3,
    include: ['*.nc'],
    exclude: ['*_u*', '*.xml'],
    verify: 'checksum',
    rateLimit: '20MiB',
    timeWindow: '22:00-07:05',
    partSize: '5MB',
  }
  test.each<[string, FormDraft]>([
    ['a fresh form', { ...empty, address: 's3://bucket/', bucket: 'bucket' }],
    ['the example', example],
    ['every field', full],
    [
      'saved keys, automatic threads',
      { ...full, accessKind: 'vault', profile: '', vaultId: 'k1', threadsAuto: true, threads: 16 },
    ],
  ])('%s', (_, draft) => {
    expect(specToDraft(draftToSpec(draft, DEFAULT_SETTINGS))).toEqual(draft)
  })
})

test.each([
  ['denied', true],
  ['redirect-refused', true],
  ['dns', false],
] as const)('a list of all buckets that is %s asks for the name of one: %s', (failure, expected) => {
  expect(areBucketsHidden({ class: failure })).toBe(expected)
})
