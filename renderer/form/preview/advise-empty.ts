import type { FormDraft } from '../draft/form-draft.ts'

export type EmptyAdvice = 'previewEmptyGlobs' | 'previewEmptySlash' | 'previewEmptyPrefix'

/**
 * What to try where nothing is found; the value is a key of `form`. A whole bucket that is empty is just that. Pure.
 */
export function adviseEmpty({ prefix }: FormDraft, excludedObjects: number): EmptyAdvice | undefined {
  if (excludedObjects > 0) return 'previewEmptyGlobs'
  if (prefix.startsWith('/')) return 'previewEmptySlash'
  return prefix === '' ? undefined : 'previewEmptyPrefix'
}
