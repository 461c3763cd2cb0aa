import type { ObjectRow } from '../../../shared/object-row.ts'

/** What has been begun and has no connection just now is not being downloaded, whatever may be planned for it. Pure. */
export function chooseRowState(
  { state, bytesDone }: Pick<ObjectRow, 'state' | 'bytesDone'>,
  hasConnection: boolean,
): ObjectRow['state'] | 'partial' {
  if (state !== 'active' || hasConnection) return state
  return bytesDone > 0 ? 'partial' : 'waiting'
}
