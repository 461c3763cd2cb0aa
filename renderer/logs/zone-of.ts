/** In which time zone the times of a log are shown. */
import type { LogAnalysis } from '../../shared/log-analysis.ts'

/**
 * Our own logs know their zone: they are shown in the reader's, as every other time in the window. Those of Python
 * tools rarely do; what they say is shown as they say it, which the analysis calls UTC.
 */
export const zoneOf = ({ kinds }: Pick<LogAnalysis, 'kinds'>): { timeZone?: 'UTC' } =>
  kinds.python > 0 ? { timeZone: 'UTC' } : {}
