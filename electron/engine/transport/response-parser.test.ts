import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createResponseParser, type ResponseHead } from './response-parser.ts'

/** What a connection would hear of an answer that arrives in pieces of these sizes. */
function read(text: string | Buffer, pieces: readonly number[] = [], isClosed = false) {
  const bytes = Buffer.isBuffer(text) ? text : Buffer.from(text, 'latin1')
  const heads: ResponseHead[] = []
  let body = ''
  let ends = 0
  const parser = createResponseParser({
    onHead: (head) => heads.push(head),
    onBody: (buffer, offset, length) => {
      body += buffer.toString('latin1', offset, offset + length)
    },
    onEnd: () => ends++,
  })
  // Always the same buffer, as a connection's is.
  const buffer = Buffer.alloc(Math.max(1, bytes.length))
  let refused: string | undefined
  let at = 0
  for (const size of [...pieces, bytes.length]) {
    const length = Math.min(size, bytes.length - at)
    if (length === 0 || refused !== undefined) continue
    bytes.copy(buffer, 0, at, at + length)
    refused = parser.feed(buffer, length)
    at += length
  }
  if (isClosed && refused === undefined) refused = parser.finish()
  return { heads, body, ends, refused }
}

const answer = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`

describe('an answer', () => {
  it('tells status, headers in lower case, length and whether the connection stays', () => {
    const { heads, body, ends, refused } = read(
      `${answer('HTTP/1.1 206 Partial Content', 'Content-Length: 5', 'ETag: "abc"', 'X-Twice: 1', 'X-Twice: 2')}hello`,
    )
    expect(heads).toEqual([
      {
        status: 206,
        headers: new Map([
          ['content-length', '5'],
          ['etag', '"abc"'],
          ['x-twice', '1'],
        ]),
        contentLength: 5,
        keepAlive: true,
      },
    ])
    expect({ body, ends, refused }).toEqual({ body: 'hello', ends: 1, refused: undefined })
  })

  it('may bear names in UTF-8, of which no byte is taken for the end of a line', () => {
    const head = answer(
      'HTTP/1.1 200 OK',
      'Content-Disposition: attachment; filename="海上数据.nc"',
      'Content-Length: 2',
    )
    const { heads, body, refused } = read(Buffer.from(`${head}ok`, 'utf8'))
    const name = heads[0]?.headers.get('content-disposition') ?? ''
    expect(Buffer.from(name, 'latin1').toString('utf8')).toBe('attachment; filename="海上数据.nc"')
    expect({ body, refused }).toEqual({ body: 'ok', refused: undefined })
  })

  it.each<[string, string, boolean, { body: string; ends: number }]>([
    [
      'chunks',
      `${answer('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n`,
      false,
      { body: 'abcde', ends: 1 },
    ],
    [
      'chunks with a trailer',
      `${answer('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}1\r\na\r\n0\r\nX: y\r\n\r\n`,
      false,
      { body: 'a', ends: 1 },
    ],
    [
      'a length that is said twice',
      `${answer('HTTP/1.1 200 OK', 'Content-Length: 3, 3')}abc${answer('HTTP/1.1 200 OK', 'Content-Length: 0,0')}`,
      false,
      { body: 'abc', ends: 2 },
    ],
    ['no body', answer('HTTP/1.1 204 No Content'), false, { body: '', ends: 1 }],
    ['an empty body', answer('HTTP/1.1 200 OK', 'Content-Length: 0'), false, { body: '', ends: 1 }],
    ['a body until the end of the connection', `${answer('HTTP/1.0 200 OK')}abc`, true, { body: 'abc', ends: 1 }],
    [
      'an announcement before the answer',
      `${answer('HTTP/1.1 100 Continue')}${answer('HTTP/1.1 200 OK', 'Content-Length: 1')}a`,
      false,
      { body: 'a', ends: 1 },
    ],
    [
      'two answers',
      `${answer('HTTP/1.1 200 OK', 'Content-Length: 1')}a${answer('HTTP/1.1 200 OK', 'Content-Length: 1')}b`,
      false,
      { body: 'ab', ends: 2 },
    ],
    [
      'an answer that is not complete',
      `${answer('HTTP/1.1 200 OK', 'Content-Length: 9')}abc`,
      false,
      { body: 'abc', ends: 0 },
    ],
  ])('%s', (_title, text, isClosed, expected) => {
    const { body, ends, refused } = read(text, [], isClosed)
    expect({ body, ends, refused }).toEqual({ ...expected, refused: undefined })
  })

  it.each<[string, string[], boolean]>([
    ['HTTP/1.1 stays', ['HTTP/1.1 200 OK', 'Content-Length: 0'], true],
    ['HTTP/1.1 that says it closes', ['HTTP/1.1 200 OK', 'Content-Length: 0', 'Connection: close'], false],
    ['HTTP/1.0 closes', ['HTTP/1.0 200 OK', 'Content-Length: 0'], false],
  ])('%s', (_title, lines, keepAlive) => {
    expect(read(answer(...lines)).heads[0]?.keepAlive).toBe(keepAlive)
  })
})

describe('what is no HTTP is refused, in a word', () => {
  it.each<[string, string]>([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a status that is none', answer('HTTP/1.1 abc OK')],
    ['a length that is none', answer('HTTP/1.1 200 OK', 'Content-Length: ten')],
    ['two lengths', answer('HTTP/1.1 200 OK', 'Content-Length: 3, 4')],
    ['two lengths in two lines', answer('HTTP/1.1 200 OK', 'Content-Length: 3', 'Content-Length: 4')],
    ['a negative length', answer('HTTP/1.1 200 OK', 'Content-Length: -1')],
    ['a length beyond any file', answer('HTTP/1.1 200 OK', `Content-Length: ${'9'.repeat(30)}`)],
    ['an encoding we did not ask for', answer('HTTP/1.1 200 OK', 'Transfer-Encoding: gzip, chunked')],
    ['a header that never ends', `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(100_000)}`],
    ['headers that never end', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(20_000)}`],
    ['a status line that never ends', 'HTTP/1.1 200 '.padEnd(100_000, 'x')],
    [
      'a chunk size that never ends',
      `${answer('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}${'0'.repeat(100_000)}`,
    ],
  ])('%s', (_title, text) => {
    // In small pieces too, as a hostile server would send it.
    expect(read(text).refused ?? read(text, Array(2000).fill(100)).refused).toEqual(expect.any(String))
  })

  it('an end in the middle of a body', () => {
    const text = `${answer('HTTP/1.1 200 OK', 'Content-Length: 9')}abc`
    expect(read(text, [], true)).toMatchObject({ body: 'abc', ends: 0, refused: expect.any(String) })
  })
})

it('a chunk size that is none ends the answer: the length that was promised tells that bytes are missing', () => {
  const text = `${answer('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}1\r\na\r\nxyz\r\n\r\n`
  expect(read(text)).toMatchObject({ body: 'a', ends: 1 })
})

describe('however the network cuts it', () => {
  it.each([
    `${answer('HTTP/1.1 206 Partial Content', 'Content-Length: 26', 'Content-Range: bytes 0-25/100')}abcdefghijklmnopqrstuvwxyz`,
    `${answer('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}a\r\nabcdefghij\r\n10\r\nklmnopqrstuvwxyz\r\n0\r\n\r\n`,
  ])('the same answer is read', (text) => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }), (pieces) => {
        const { heads, body, ends, refused } = read(text, pieces)
        expect({ status: heads[0]?.status, body, ends, refused }).toEqual({
          status: text.includes('206') ? 206 : 200,
          body: 'abcdefghijklmnopqrstuvwxyz',
          ends: 1,
          refused: undefined,
        })
      }),
    )
  })

  it('no nonsense is thrown at the caller, whatever arrives', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom(
          'HTTP/1.1 200 OK\r\n',
          'Content-Length: 3\r\n',
          'Transfer-Encoding: chunked\r\n',
          '\r\n',
          '3\r\nabc\r\n',
          '0\r\n\r\n',
          '\0',
          '\n',
        )
        .map((text) => Buffer.from(text)),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.integer({ min: 1, max: 64 })), (parts, pieces) => {
        const all = Buffer.concat(parts)
        const { body, heads } = read(all, pieces, true)
        expect(body.length).toBeLessThanOrEqual(all.length)
        expect(heads.every((head) => Number.isInteger(head.status))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
