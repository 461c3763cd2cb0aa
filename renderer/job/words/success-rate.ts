/** How many of the last requests succeeded: a share, or the counts while there are too few for one. Pure. */
import { LEAST_REQUESTS, type MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { formatPercent, UNKNOWN } from './format-live.ts'

type Requests = Pick<MetricsSnapshot, 'successRate' | 'recentRequests'>

export const hasSuccessRate = ({ recentRequests = LEAST_REQUESTS }: Requests): boolean =>
  recentRequests >= LEAST_REQUESTS

/** `99.8 %`, `2/3`, or a dash where none has finished. */
export function formatSuccessRate(requests: Requests): string {
  const { successRate, recentRequests = 0 } = requests
  if (hasSuccessRate(requests)) return formatPercent(successRate)
  return recentRequests === 0 ? UNKNOWN : `${Math.round(successRate * recentRequests)}/${recentRequests}`
}
