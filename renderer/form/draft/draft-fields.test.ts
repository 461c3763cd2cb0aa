import { expect, test } from 'vitest'
import { endpointPath, isWebUrl, parseTimeWindow } from './draft-fields.ts'

test.each([
  ['22:00-07:00', { fromMinutes: 1320, toMinutes: 420 }],
  [' 9:30 – 17:05 ', { fromMinutes: 570, toMinutes: 1025 }],
  ['22：00～7：00', { fromMinutes: 1320, toMinutes: 420 }],
  ['24:00-07:00', undefined],
  ['22:60-07:00', undefined],
  ['night', undefined],
])('time window %s', (text, expected) => expect(parseTimeWindow(text)).toEqual(expected))

test.each([
  ['http://127.0.0.1:9000/era5/', '/era5'],
  ['https://minio.lab:9000/', undefined],
  ['https://minio.lab:9000', undefined],
  ['minio', undefined],
])('the path of the endpoint %s is %s', (url, expected) => expect(endpointPath(url)).toBe(expected))

test.each([
  ['https://minio.lab', true],
  ['http://127.0.0.1:9000', true],
  ['minio.lab', false],
  ['ftp://minio.lab', false],
  ['https://', false],
])('web address %s: %s', (text, expected) => expect(isWebUrl(text)).toBe(expected))
