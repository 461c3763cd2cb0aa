/** Decides from status and headers alone whether a body is what was requested. Pure. */
import type { Failure } from '../../../shared/failure.ts'
import type { FetchTask } from '../engine-ports.ts'
import type { ResponseHead } from './response-parser.ts'

export type Verdict =
  /** Body byte 0 is byte `offset` of the object; exactly `length` bytes must come. */
  | { kind: 'accept'; offset: number; length: number }
  /** An error answer: its body names the reason. */
  | { kind: 'error' }
  /** An answer that must not be used. */
  | { kind: 'refuse'; failure: Failure }

/**
 * `Content-Range: bytes 0-15/100` must name exactly the requested range and the size the object is known to have.
 * A 200 holds the whole object: fine when the task begins at 0 or takes it as it comes, `range-ignored` otherwise.
 *
 * A page of a hotel's network, a form for a login, is a 200 for any request. What bears neither our ETag nor our
 * size is `no-etag`: no object that has changed, and none of its bytes are written.
 */
export function judgeResponse(
  task: Pick<FetchTask, 'range' | 'objectSize' | 'etag' | 'lastModified' | 'acceptWhole' | 'unconditional'>,
  head: ResponseHead,
): Verdict {
  if (head.status !== 200 && head.status !== 206) return { kind: 'error' }
  const etag = head.headers.get('etag')
  if (task.etag && etag && !isSameEtag(etag, task.etag)) {
    return refuse('changed', 'etag-differs', unquote(etag))
  }
  const verdict = head.status === 206 ? judgePartial(task, head) : judgeWhole(task, head)
  if (task.etag && etag) return verdict
  const isMeasured = !task.unconditional && (head.status === 206 || head.contentLength !== undefined)
  const isOther = task.etag !== '' && verdict.kind === 'refuse' && verdict.failure.class === 'changed'
  if (isOther || !isMeasured) return refuse('protocol', 'no-etag', head.headers.get('content-type') ?? '')
  const time = head.headers.get('last-modified') ?? ''
  const isReplaced = verdict.kind === 'accept' && isOtherTime(task.lastModified ?? 0, Date.parse(time))
  return isReplaced ? refuse('changed', 'time-differs', time) : verdict
}

const MULTIPART = /^multipart\/byteranges\b/i

function judgePartial(task: Pick<FetchTask, 'range' | 'objectSize'>, head: ResponseHead): Verdict {
  const contentRange = head.headers.get('content-range') ?? ''
  // Asked for one range, some answer with a list of one: its frame is no part of the object.
  if (MULTIPART.test(head.headers.get('content-type') ?? ''))
    return refuse('protocol', 'bad-content-range', 'multipart')
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(contentRange.trim())
  if (!match) return refuse('protocol', 'bad-content-range', contentRange)
  const start = Number(match[1])
  const end = Number(match[2]) + 1
  const total = match[3] === '*' ? task.objectSize : Number(match[3])
  if (total !== task.objectSize) return refuse('changed', 'size-differs', contentRange)
  if (start !== task.range.start || end !== task.range.end) return refuse('protocol', 'other-range', contentRange)
  const length = end - start
  if (head.contentLength !== undefined && head.contentLength !== length) {
    return refuse('protocol', 'length-differs', `${head.contentLength} of ${length}`)
  }
  return { kind: 'accept', offset: start, length }
}

function judgeWhole(task: Pick<FetchTask, 'range' | 'objectSize' | 'acceptWhole'>, head: ResponseHead): Verdict {
  if (head.contentLength !== undefined && head.contentLength !== task.objectSize) {
    return refuse('changed', 'size-differs', `${head.contentLength} of ${task.objectSize}`)
  }
  if (task.range.start !== 0 && !task.acceptWhole) return refuse('protocol', 'range-ignored', '')
  return { kind: 'accept', offset: 0, length: task.objectSize }
}

const QUOTES = ['"', '&quot;']

/**
 * Without its quotes, which some services write twice, as entities, or on one side only, and without the mark of a weak
 * one. No pattern takes away those behind: a server that writes a million quotes would keep it busy for hours.
 */
export function unquote(etag: string): string {
  const text = etag.trim().replace(/^(?:(?:W\/)?(?:"|&quot;))+/, '')
  let end = text.length
  for (;;) {
    const quote = QUOTES.find((one) => text.endsWith(one, end))
    if (quote === undefined) return text.slice(0, end)
    end -= quote.length
  }
}

const HEX_ETAG = /^[0-9a-f]{32,}(?:-\d+)?$/i
/**
 * Some services write the digits of a sum small in their listings and large in their answers, or the other way round.
 */
export function isSameEtag(one: string, other: string): boolean {
  const [a, b] = [unquote(one), unquote(other)]
  return a === b || (HEX_ETAG.test(a) && a.toLowerCase() === b.toLowerCase())
}

/** Unix milliseconds; 0 or no number = unknown. Headers have whole seconds where listings may have fractions. */
export const isOtherTime = (one: number, other: number): boolean =>
  one > 0 && other > 0 && Math.abs(one - other) >= 1000

const refuse = (failureClass: Failure['class'], code: string, detail: string): Verdict => ({
  kind: 'refuse',
  failure: { class: failureClass, code, ...(detail ? { detail: detail.slice(0, 300) } : {}) },
})
