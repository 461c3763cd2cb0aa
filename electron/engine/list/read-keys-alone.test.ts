import { expect, test } from 'vitest'
import { failed, success } from '../../../shared/failure.ts'
import type { ListPage, ObjectHead, ObjectSource } from '../engine-ports.ts'
import { readKeysAlone } from './read-keys-alone.ts'

const head: ObjectHead = {
  size: 7,
  etag: 'e',
  lastModified: 5,
  checksums: {},
  checksumType: '',
  partCount: 1,
}
const object = { key: 'a/b.nc', size: 7, etag: 'e', lastModified: 5, storageClass: 'STANDARD' }
const denied = failed({ class: 'denied', subject: 'bucket' })
const empty: ListPage = { objects: [], prefixes: [] }

test.each<[string, Parameters<ObjectSource['listPage']>[0], object, object, object]>([
  ['a listing that is granted', { prefix: 'a/b.nc' }, success(empty), success(head), success(empty)],
  [
    'a key in a bucket that may not be listed',
    { prefix: 'a/b.nc' },
    denied,
    success(head),
    success({ objects: [object], prefixes: [] }),
  ],
  ['no key either', { prefix: 'a/b.nc' }, denied, failed({ class: 'missing' }), denied],
  ['a folder', { prefix: 'a/' }, denied, success(head), denied],
  ['all of the bucket', { prefix: '' }, denied, success(head), denied],
  ['a further page', { prefix: 'a/b.nc', continuation: 'x' }, denied, success(head), denied],
  [
    'another trouble',
    { prefix: 'a/b.nc' },
    failed({ class: 'throttled' }),
    success(head),
    failed({ class: 'throttled' }),
  ],
])('%s', async (_title, request, listed, asked, expected) => {
  const source = readKeysAlone<Pick<ObjectSource, 'listPage' | 'headObject'>>({
    listPage: async () => listed as Awaited<ReturnType<ObjectSource['listPage']>>,
    headObject: async () => asked as Awaited<ReturnType<ObjectSource['headObject']>>,
  })
  expect(await source.listPage(request, new AbortController().signal)).toEqual(expected)
})
