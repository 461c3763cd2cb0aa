import { describe, expect, it } from 'vitest'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import type { Check } from './choose-check.ts'
import { areEtagsSums, type Witness } from './etag-witnesses.ts'

const MD5: Check = { kind: 'whole', algorithm: 'MD5', expected: '9a0364b9e99bb480dd25e1f0284c8555', encoding: 'hex' }
const CRC: Check = { kind: 'whole', algorithm: 'CRC32', expected: 'AAAAAA==', encoding: 'base64' }
const corrupt = failed({ class: 'corrupt', code: 'MD5' })
const gone = failed({ class: 'disk', code: 'ENOENT' })

describe('whether ETags that look like MD5s are some', () => {
  const rows: [sentence: string, files: [Outcome<Check>, Outcome<void>][], are: boolean | undefined][] = [
    ['one that is the MD5 of its file proves it', [[success(MD5), success(undefined)]], true],
    [
      'a file that was damaged since it landed proves nothing against the next',
      [
        [success(MD5), corrupt],
        [success(MD5), success(undefined)],
      ],
      true,
    ],
    [
      'two that are not are enough: further files are not read',
      [
        [success(MD5), corrupt],
        [success(MD5), corrupt],
        [success(MD5), success(undefined)],
      ],
      false,
    ],
    ['one that is not must do where there is no other', [[success(MD5), corrupt]], false],
    ['an object with a checksum of its own says nothing about ETags', [[success(CRC), success(undefined)]], undefined],
    ['nor one of which nothing is known', [[success({ kind: 'size' }), success(undefined)]], undefined],
    ['nor one that S3 does not tell of', [[failed({ class: 'missing', code: 'NotFound' }), corrupt]], undefined],
    ['nor a file that is gone', [[success(MD5), gone]], undefined],
    ['nobody to ask', [], undefined],
  ]
  it.each(rows)('%s', async (_, files, are) => {
    const witnesses = files.map((_file, at): Witness => ({ key: `${at}`, size: 1, etag: '', path: '' }))
    const of = ({ key }: { key: string }) => files[Number(key)] as [Outcome<Check>, Outcome<void>]
    const ask = {
      askForCheck: async (object: Witness) => of(object)[0],
      checkObject: async (object: Witness) => of(object)[1],
    }
    expect(await areEtagsSums(witnesses, ask)).toBe(are)
  })
})
