import { expect, test } from 'vitest'
import { emptyDraft } from '../draft/form-draft.ts'
import { adviseEmpty } from './advise-empty.ts'

const empty = emptyDraft('/data')

test.each<[string, prefix: string, excludedObjects: number, string | undefined]>([
  ['filters that leave all of it out', '/a/', 5, 'previewEmptyGlobs'],
  ['a slash in front, whatever the filters are', '/e5.oper.an.pl/', 0, 'previewEmptySlash'],
  ['a pattern where a prefix should be', 'e5.oper.an.pl/*.nc', 0, 'previewEmptyStar'],
  ['another prefix', 'E5/', 0, 'previewEmptyPrefix'],
  ['the whole bucket', '', 0, undefined],
])('what to try where nothing is found: %s', (_, prefix, excludedObjects, advice) => {
  expect(adviseEmpty({ ...empty, prefix, include: ['*.nc'] }, excludedObjects)).toBe(advice)
})
