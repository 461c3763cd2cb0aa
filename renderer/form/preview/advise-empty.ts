import type { FormDraft } from '../draft/form-draft.ts'

export type EmptyAdvice = 'previewEmptyGlobs' | 'previewEmptySlash' | 'previewEmptyStar' | 'previewEmptyPrefix'

/** What to try when nothing is found; the value is a key of `form`. None for a bucket that is wholly empty. Pure. */
export function adviseEmpty({ prefix }: FormDraft, excludedObjects: number): EmptyAdvice | undefined {
  if (excludedObjects > 0) return 'previewEmptyGlobs'
  if (prefix.startsWith('/')) return 'previewEmptySlash'
  if (/[*?]/.test(prefix)) return 'previewEmptyStar'
  return prefix === '' ? undefined : 'previewEmptyPrefix'
}
