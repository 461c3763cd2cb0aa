import { useCallback, useEffect, useState } from 'react'
import { useAppInfo, useSettings, useStoreHandle } from '../../store/use-window-store.tsx'
import { readDraft, writeDraft } from './draft-storage.ts'
import { emptyDraft, exampleDraft, type FormDraft, withChange } from './form-draft.ts'

export type DraftHandle = {
  draft: FormDraft
  change(change: Partial<FormDraft>): void
  replace(next: (draft: FormDraft) => FormDraft): void
  fillExample(): void
}

/** The draft of this tab: the stored one, or the example while there are no jobs, or an empty one. */
export function useDraft(): DraftHandle {
  const store = useStoreHandle()
  const proposedFolder = useAppInfo()?.defaultFolder ?? ''
  const folder = useSettings().defaultFolder || proposedFolder
  const [draft, setDraft] = useState<FormDraft>(() => {
    const firstStart = Object.keys(store.getState().jobs).length === 0
    return readDraft(window.sessionStorage) ?? (firstStart ? exampleDraft(folder) : emptyDraft(folder))
  })
  useEffect(() => writeDraft(window.sessionStorage, draft), [draft])
  const change = useCallback((changed: Partial<FormDraft>) => setDraft((before) => withChange(before, changed)), [])
  const fillExample = useCallback(() => setDraft((before) => exampleDraft(before.folder || folder)), [folder])
  return { draft, change, replace: setDraft, fillExample }
}
