/** The object table of a job that has no run in memory: only its failed objects are known by name. Pure. */
import type { JobView } from '../../../shared/ipc-contract.ts'
import type { ObjectQuery, ObjectRow } from '../../../shared/object-row.ts'

export function failedRows(job: JobView, query: ObjectQuery): { total: number; rows: ObjectRow[] } {
  if (query.filter !== 'all' && query.filter !== 'failed') return { total: 0, rows: [] }
  const search = query.search.toLowerCase()
  const found = (job.summary?.failed ?? []).filter(({ key }) => key.toLowerCase().includes(search))
  const rows = found.slice(query.offset, query.offset + query.limit).map(
    ({ key, failure }, position): ObjectRow => ({
      index: query.offset + position,
      key,
      size: 0,
      bytesDone: 0,
      state: 'failed',
      failure,
    }),
  )
  return { total: found.length, rows }
}
