/**
 * The bands drawn for outages and their labels: how long each lasted. A running outage has no duration yet, because
 * without new points the figure would stand still. Pure.
 */
import type { JobWords } from '../../i18n/job-zh.ts'
import { fillText } from '../words/fill-sentence.ts'
import { formatDuration } from '../words/format-live.ts'
import type { Outage } from './outages.ts'
import type { Span } from './view-range.ts'

/** `newest`: as far as is known. */
export function outageBands(outages: readonly Outage[], { from, to }: Span, newest: number, words: JobWords) {
  return outages
    .filter((outage) => outage.to > from && outage.from < to)
    .map((outage) => ({
      from: outage.from,
      to: Math.min(outage.to, newest),
      text:
        outage.to > newest
          ? words.chart.outageNow
          : fillText(words.chart.outage, { time: formatDuration(Math.round(outage.to - outage.from), words) }),
    }))
}

/** The text of the outage that `at` lies in. */
export const outageAt = (bands: readonly { from: number; to: number; text: string }[], at: number) =>
  bands.find(({ from, to }) => at >= from && at <= to)?.text
