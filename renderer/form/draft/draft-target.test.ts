import { expect, test } from 'vitest'
import { draftTarget } from './draft-target.ts'
import { emptyDraft, exampleDraft } from './form-draft.ts'

const source = { bucket: 'nsf-ncar-era5', prefix: 'e5.oper.an.pl/202510/' }

test.each([
  ['the example leads to its bucket and the folder', exampleDraft(' /data '), { source, folder: '/data' }],
  ['a folder that is not chosen yet is empty', exampleDraft(''), { source, folder: '' }],
  ['a form without a bucket leads nowhere', emptyDraft('/data'), undefined],
  ['nor does one with a mistake in it', { ...exampleDraft('/data'), endpointUrl: 'ftp://elsewhere' }, undefined],
])('%s', (_, draft, expected) => {
  const target = draftTarget(draft)
  if (expected) expect(target).toMatchObject(expected)
  else expect(target).toBeUndefined()
})
