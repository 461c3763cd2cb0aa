import { expect, test } from 'vitest'
import { emptyDraft, type FormDraft } from '../draft/form-draft.ts'
import { adviseEmpty } from './advise-empty.ts'

const empty = emptyDraft('/data')

test.each<[string, Partial<FormDraft>, string | undefined]>([
  ['filters come first', { prefix: '/a/', exclude: ['*.xml'] }, 'previewEmptyGlobs'],
  ['a slash in front', { prefix: '/e5.oper.an.pl/' }, 'previewEmptySlash'],
  ['another prefix', { prefix: 'E5/' }, 'previewEmptyPrefix'],
  ['the whole bucket', { prefix: '' }, undefined],
])('what to try where nothing is found: %s', (_, changes, advice) => {
  expect(adviseEmpty({ ...empty, ...changes })).toBe(advice)
})
