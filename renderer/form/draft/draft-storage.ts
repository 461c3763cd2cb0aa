/** Keeps the form over navigation and reload of this tab. The draft holds no secret, so none is stored. */
import { draftSchema, type FormDraft } from './form-draft.ts'

const KEY = 'longhaul-form'

export function readDraft(storage: Storage): FormDraft | undefined {
  try {
    const parsed = draftSchema.safeParse(JSON.parse(storage.getItem(KEY) ?? 'null'))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

export function writeDraft(storage: Storage, draft: FormDraft): void {
  storage.setItem(KEY, JSON.stringify(draft))
}
