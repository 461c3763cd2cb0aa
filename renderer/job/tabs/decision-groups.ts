/** The decision log's groups, and the search in it. Pure. */
import type { EngineEvent, EventCode } from '../../../shared/engine-event.ts'
import type { JobWords } from '../../i18n/job-zh.ts'
import { MAX_EVENTS } from '../join-events.ts'
import { eventSentence, fillText, restOfReason } from '../words/fill-sentence.ts'
import { formatCount } from '../words/format-live.ts'

export type DecisionGroup = keyof JobWords['decisions']['groups']

export const GROUP_OF: Record<EventCode, DecisionGroup> = {
  'job-started': 'job',
  'listing-finished': 'job',
  'pool-warming': 'pool',
  'pool-warmed': 'pool',
  'pool-rebuilding': 'pool',
  'pool-rebuilt': 'pool',
  'connection-replaced': 'pool',
  'connection-kept': 'pool',
  throttled: 'throttle',
  'throttle-ended': 'throttle',
  'rate-changed': 'throttle',
  'concurrency-changed': 'concurrency',
  'health-check-failed': 'health',
  'health-check-passed': 'health',
  'dns-failed': 'dns',
  'dns-stale': 'dns',
  'dns-recovered': 'dns',
  'address-quarantined': 'dns',
  'address-restored': 'dns',
  'cooling-down': 'throttle',
  'cooled-down': 'throttle',
  'time-window-closed': 'job',
  'time-window-opened': 'job',
  'network-lost': 'health',
  'network-restored': 'health',
  'object-changed': 'objects',
  'file-damaged': 'objects',
  'file-set-aside': 'objects',
  'object-gone': 'objects',
  'object-failed': 'objects',
  'object-retried': 'objects',
  'path-mapped': 'objects',
  'journal-repaired': 'disk',
  'disk-full': 'disk',
  'disk-slow': 'disk',
  'files-short': 'concurrency',
  'limits-changed': 'job',
  paused: 'job',
  resumed: 'job',
  'decay-alert': 'health',
  'retirement-age-learned': 'pool',
  'ageing-refuted': 'pool',
  'job-finished': 'job',
}

/** Newest first; of one group, and with the searched text in its sentence, numbers or code. */
export function chooseDecisions(
  events: readonly EngineEvent[],
  group: DecisionGroup | 'all',
  search: string,
  words: JobWords,
): EngineEvent[] {
  const sought = search.toLowerCase()
  return events
    .filter((event) => group === 'all' || GROUP_OF[event.code] === group)
    .filter(
      (event) =>
        sought === '' ||
        `${event.code} ${words.eventNames[event.code]} ${eventSentence(event, words)} ${restOfReason(event, words)}`
          .toLowerCase()
          .includes(sought),
    )
    .reverse()
}

/** How many are listed, of those the window holds; what came before is kept by the program, and goes into the report. */
export const formatEntryCount = (listed: number, held: number, words: JobWords['decisions']): string =>
  fillText(words.count, { count: formatCount(listed) }) + (held >= MAX_EVENTS ? words.earlier : '')
