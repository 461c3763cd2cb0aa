/**
 * Makes one sentence from wording and numbers. A clause that lacks one of its numbers is left out, so a sentence is
 * always whole, whatever the program sent. Pure.
 */
import type { EngineEvent, Reason } from '../../../shared/engine-event.ts'
import type { Sentence } from '../../i18n/job-events-zh.ts'
import type { JobWords } from '../../i18n/job-zh.ts'
import { formatField } from './format-live.ts'

/**
 * `{size}` is a number or a word of the program; `{size|connection|connections}` the word that goes with the number.
 */
const PLACEHOLDER = /\{(\w+)(?:\|([^|}]+)\|([^|}]+))?\}/g

export type FilledSentence = { lead: string; details: string }

/** The headline, and the numbers behind it as one text (empty when there are none). */
export function fillSentence(sentence: Sentence, reason: Reason, words: JobWords): FilledSentence {
  const lead = sentence.lead.map((clause) => fillClause(clause, reason, words)).find((text) => text !== undefined)
  const details = sentence.details
    .map((clause) => fillClause(clause, reason, words))
    .filter((text) => text !== undefined)
    .join(words.punctuation.comma)
  return { lead: lead ?? '', details }
}

/** `连接池已重建：第 3 代，16 条连接全部更新`. A lead that ends in dots goes on without a colon. */
export function joinSentence({ lead, details }: FilledSentence, words: JobWords): string {
  if (details === '') return lead
  const alreadySplit = lead.endsWith('...') || lead.includes(words.punctuation.colon)
  return `${lead}${lead.endsWith('...') ? ' ' : alreadySplit ? words.punctuation.comma : words.punctuation.colon}${details}`
}

export const eventSentence = (event: EngineEvent, words: JobWords): string =>
  joinSentence(fillSentence(words.events[event.code], event.reason, words), words)

/** Numbers that the sentence of this event has no place for, as `label value`: nothing the program said is hidden. */
export function restOfReason(event: EngineEvent, words: JobWords): string {
  const { lead, details } = words.events[event.code]
  const said = new Set([...lead, ...details].flatMap((clause) => [...clause.matchAll(PLACEHOLDER)].map((m) => m[1])))
  return Object.entries(event.reason)
    .filter(([field]) => !said.has(field))
    .map(([field, value]) => `${fieldLabel(field, words)} ${formatField(field, value, words)}`)
    .join(words.punctuation.comma)
}

/** A name for any field: ours, or its own name taken apart (`drainedLines` -> `drained lines`). */
export const fieldLabel = (field: string, words: JobWords): string =>
  words.fields[field] ??
  field
    .replace(/(Ms|Seconds|BytesPerSecond)$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()

/** Plain text with `{name}` places, filled as they are. */
export const fillText = (text: string, values: Record<string, string | number>): string =>
  text.replace(PLACEHOLDER, (_, name: string, one?: string, many?: string) =>
    one === undefined ? String(values[name] ?? '') : String(Number(values[name]) === 1 ? one : many),
  )

function fillClause(clause: string, reason: Reason, words: JobWords): string | undefined {
  let whole = true
  const text = clause.replace(PLACEHOLDER, (_, field: string, one?: string, many?: string) => {
    const value = reason[field]
    if (value === undefined || value === '') whole = false
    if (one !== undefined) return String(value === 1 ? one : many)
    return value === undefined ? '' : formatField(field, value, words)
  })
  return whole ? text : undefined
}
