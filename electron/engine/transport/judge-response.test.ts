import { describe, expect, it } from 'vitest'
import { judgeResponse } from './judge-response.ts'
import type { ResponseHead } from './response-parser.ts'

type Task = Parameters<typeof judgeResponse>[0]

/** Bytes 16 to 31 of an object of 100 bytes. */
const part: Task = { range: { start: 16, end: 32 }, objectSize: 100, etag: 'abc', acceptWhole: false }
const first: Task = { ...part, range: { start: 0, end: 16 } }
const whole: Task = { ...part, range: { start: 0, end: 100 } }
const takesWhole: Task = { ...part, acceptWhole: true }

function head(status: number, headers: Record<string, string> = {}): ResponseHead {
  const length = headers['content-length']
  return {
    status,
    headers: new Map(Object.entries(headers)),
    contentLength: length === undefined ? undefined : Number(length),
    keepAlive: true,
  }
}

const unpinned: Task = { ...whole, etag: '' }
/** Listings of some services tell parts of a second; headers do not. */
const dated: Task = { ...part, etag: '', lastModified: Date.UTC(2025, 10, 3, 4, 5, 6, 700) }
const at = (time: string) => head(206, { 'content-range': 'bytes 16-31/100', 'last-modified': time })

const range = 'bytes 16-31/100'
const etag = '"abc"'
const sum = 'd41d8cd98f00b204e9800998ecf8427e-2'
const answerOf = (name: string) => head(206, { 'content-range': range, etag: `"${name}"` })

describe('an answer that is used', () => {
  it.each<[string, Task, ResponseHead, { offset: number; length: number }]>([
    [
      'the range asked for',
      part,
      head(206, { 'content-range': range, 'content-length': '16' }),
      { offset: 16, length: 16 },
    ],
    ['a range without a length', part, head(206, { 'content-range': range }), { offset: 16, length: 16 }],
    ['an unknown total', part, head(206, { 'content-range': 'bytes 16-31/*' }), { offset: 16, length: 16 }],
    ['the unit in capitals', part, head(206, { 'content-range': 'Bytes 16-31/100' }), { offset: 16, length: 16 }],
    ['our ETag', part, head(206, { 'content-range': range, etag: '"abc"' }), { offset: 16, length: 16 }],
    ['our ETag, called weak', part, head(206, { 'content-range': range, etag: 'W/"abc"' }), { offset: 16, length: 16 }],
    ['our ETag, quoted twice', part, answerOf('"abc"'), { offset: 16, length: 16 }],
    ['our ETag, quoted as in XML', part, answerOf('&quot;abc&quot;'), { offset: 16, length: 16 }],
    ['our ETag, not quoted', part, head(206, { 'content-range': range, etag: 'abc' }), { offset: 16, length: 16 }],
    ['our ETag, half quoted', part, head(206, { 'content-range': range, etag: 'abc"' }), { offset: 16, length: 16 }],
    ['ours, that begins as a weak one', { ...part, etag: 'W/8=' }, answerOf('W/8='), { offset: 16, length: 16 }],
    ['our sum, in capitals', { ...part, etag: sum }, answerOf(sum.toUpperCase()), { offset: 16, length: 16 }],
    ['all of it, as asked', whole, head(200, { 'content-length': '100' }), { offset: 0, length: 100 }],
    ['all of it as a range', whole, head(206, { 'content-range': 'bytes 0-99/100' }), { offset: 0, length: 100 }],
    ['all of it, for the first part', first, head(200, { 'content-length': '100' }), { offset: 0, length: 100 }],
    ['all of it without a length', whole, head(200, { etag }), { offset: 0, length: 100 }],
    ['all of it, where that is wanted', takesWhole, head(200, { 'content-length': '100' }), { offset: 0, length: 100 }],
    ['no ETag, the listed time', dated, at('Mon, 03 Nov 2025 04:05:06 GMT'), { offset: 16, length: 16 }],
    ['no ETag, no time told', dated, head(206, { 'content-range': range }), { offset: 16, length: 16 }],
    ['no ETag, a time that is none', dated, at('yesterday'), { offset: 16, length: 16 }],
    // Stored compressed: these are the object's own bytes, and its size counts them.
    [
      'a stored encoding',
      part,
      head(206, { 'content-range': range, 'content-encoding': 'gzip' }),
      { offset: 16, length: 16 },
    ],
  ])('%s', (_title, task, answer, expected) => {
    expect(judgeResponse(task, answer)).toEqual({ kind: 'accept', ...expected })
  })
})

describe('an answer that is refused', () => {
  it.each<[string, Task, ResponseHead, string, string]>([
    ['another ETag, quoted twice', part, answerOf('"abd"'), 'changed', 'etag-differs'],
    ['an ETag that is no sum, in capitals', part, answerOf('ABC'), 'changed', 'etag-differs'],
    ['another range', part, head(206, { 'content-range': 'bytes 17-32/100' }), 'protocol', 'other-range'],
    ['a shorter range', part, head(206, { 'content-range': 'bytes 16-30/100' }), 'protocol', 'other-range'],
    ['a longer range', part, head(206, { 'content-range': 'bytes 16-99/100' }), 'protocol', 'other-range'],
    ['no range', part, head(206), 'protocol', 'bad-content-range'],
    [
      'a list of ranges, though it names ours',
      part,
      head(206, { 'content-range': range, 'content-type': 'multipart/byteranges; boundary=x' }),
      ...(['protocol', 'bad-content-range'] as const),
    ],
    ['a range that is none', part, head(206, { 'content-range': 'bytes */100' }), 'protocol', 'bad-content-range'],
    ['two ranges', part, head(206, { 'content-range': 'bytes 16-20/100, 21-31/100' }), 'protocol', 'bad-content-range'],
    ['another size', part, head(206, { 'content-range': 'bytes 16-31/99', etag }), 'changed', 'size-differs'],
    [
      'a length unlike its range',
      part,
      head(206, { 'content-range': range, 'content-length': '15' }),
      'protocol',
      'length-differs',
    ],
    ['all of it, for a later part', part, head(200, { 'content-length': '100' }), 'protocol', 'range-ignored'],
    ['all of another size', whole, head(200, { 'content-length': '101', etag }), 'changed', 'size-differs'],
    ['another size, never had an ETag', unpinned, head(200, { 'content-length': '101' }), 'changed', 'size-differs'],
    ["a network's own page", whole, head(200, { 'content-length': '617' }), 'protocol', 'no-etag'],
    ["a network's own page for a part", part, head(200, { 'content-length': '617' }), 'protocol', 'no-etag'],
    [
      'no ETag where none was asked for',
      { ...part, unconditional: true },
      head(206, { 'content-range': range }),
      'protocol',
      'no-etag',
    ],
    ['a page without a length', whole, head(200), 'protocol', 'no-etag'],
    ['a page without a length, never had an ETag', unpinned, head(200), 'protocol', 'no-etag'],
    [
      'a range of another size without ETag',
      part,
      head(206, { 'content-range': 'bytes 16-31/99' }),
      'protocol',
      'no-etag',
    ],
    ['another time, never had an ETag', dated, at('Mon, 03 Nov 2025 04:05:09 GMT'), 'changed', 'time-differs'],
    ['another ETag', part, head(206, { 'content-range': range, etag: '"abd"' }), 'changed', 'etag-differs'],
    ['another ETag, all of it', whole, head(200, { 'content-length': '100', etag: '"x"' }), 'changed', 'etag-differs'],
  ])('%s', (_title, task, answer, failureClass, code) => {
    expect(judgeResponse(task, answer)).toMatchObject({ kind: 'refuse', failure: { class: failureClass, code } })
  })

  it('an ETag of a million quotes, at once', () => {
    const etag = `a${'"'.repeat(1e6)}b`
    expect(judgeResponse(part, answerOf(etag))).toMatchObject({ kind: 'refuse', failure: { code: 'etag-differs' } })
  })

  it('quotes no more of the server than fits a line', () => {
    const verdict = judgeResponse(part, head(206, { 'content-range': 'x'.repeat(5000) }))
    expect(verdict).toMatchObject({ failure: { detail: 'x'.repeat(300) } })
  })
})

it.each([301, 304, 307, 400, 403, 404, 412, 416, 500, 503, 204, 201, 999])(
  'status %i is an error, whatever its headers say',
  (status) => {
    expect(judgeResponse(part, head(status, { 'content-range': range, etag: '"other"' }))).toEqual({ kind: 'error' })
  },
)
