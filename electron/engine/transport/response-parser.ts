/** `http-parser-js`, narrowed to what a connection needs, with bounds the library leaves open. */
import { HTTPParser } from 'http-parser-js'

// The library's own bound also counts the last body chunk of every response; ours below counts heads only.
HTTPParser.maxHeaderSize = Number.POSITIVE_INFINITY
// As ASCII, Node drops the high bit: of a name in UTF-8, some bytes became the end of a line (0x8D: "数据").
HTTPParser.encoding = 'latin1'

export type ResponseHead = {
  status: number
  /** Lower-case names; a repeated header keeps its first value. */
  headers: Map<string, string>
  /** Undefined when the length is not announced. */
  contentLength: number | undefined
  keepAlive: boolean
}

export type ResponseHandlers = {
  onHead(head: ResponseHead): void
  /** `length` bytes of body at `offset` of the buffer given to `feed`. */
  onBody(buffer: Buffer, offset: number, length: number): void
  onEnd(): void
}

/** S3 sends under 2 KB of headers, nginx accepts 8 KB lines. */
const MAX_HEAD_BYTES = 64 * 1024
/** Bytes of a chunk-size line or trailer; without a bound an endless one would fill the memory. */
const MAX_LINE_BYTES = 16 * 1024

export type ResponseParser = {
  /** Feeds the first `length` bytes; returns the reason when they are not HTTP. */
  feed(buffer: Buffer, length: number): string | undefined
  /** The other side has closed; returns the reason when that was not a legal end. */
  finish(): string | undefined
}

/** One parser per connection; it resets itself after each response. */
export function createResponseParser(handlers: ResponseHandlers): ResponseParser {
  const parser = new HTTPParser(HTTPParser.RESPONSE)
  const inside = parser as unknown as { line: string; state: string; body_bytes: number | null }
  let headBytes = 0
  let refused: string | undefined
  let feeding: Buffer | undefined

  /** A 1xx head has no body and announces nothing. */
  let informational = false

  parser[HTTPParser.kOnHeadersComplete] = (info) => {
    headBytes = 0
    informational = info.statusCode >= 100 && info.statusCode < 200
    if (informational) return
    const head = readHead(info.statusCode, info.headers, info.shouldKeepAlive)
    if (typeof head === 'string') refused = head
    else {
      // The library takes a list of lengths for no number.
      if (head.contentLength !== undefined) inside.body_bytes = head.contentLength
      handlers.onHead(head)
    }
  }
  // The library hands out a slice of what it was fed; its offset in our buffer is what we write from.
  parser[HTTPParser.kOnBody] = (slice: Buffer, start: number, length: number) => {
    if (refused === undefined && feeding)
      handlers.onBody(feeding, slice.byteOffset - feeding.byteOffset + start, length)
  }
  parser[HTTPParser.kOnMessageComplete] = () => {
    if (refused === undefined && !informational) handlers.onEnd()
  }

  return {
    feed(buffer, length) {
      feeding = buffer
      const result: unknown = parser.execute(buffer.subarray(0, length))
      feeding = undefined
      if (refused !== undefined) return refused
      if (result instanceof Error) return result.message
      const { line, state } = inside
      if (state === 'HEADER') headBytes += length
      if (headBytes > MAX_HEAD_BYTES) return 'endless headers'
      return line.length > MAX_LINE_BYTES ? 'endless line' : undefined
    },
    finish() {
      const result: unknown = parser.finish()
      return result instanceof Error ? result.message : undefined
    },
  }
}

function readHead(status: number, raw: string[], keepAlive: boolean): ResponseHead | string {
  const headers = new Map<string, string>()
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase()
    if (!headers.has(name)) headers.set(name, raw[i + 1] as string)
  }
  const transfer = headers.get('transfer-encoding')
  if (transfer !== undefined && transfer.toLowerCase() !== 'chunked') return `unknown transfer encoding: ${transfer}`
  const length = lengthIn(headers.get('content-length'))
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return 'content-length is not a number'
  const contentLength = length === undefined || transfer !== undefined ? undefined : Number(length)
  return { status, headers, contentLength, keepAlive }
}

/** A value that is repeated is that value (RFC 9110, 8.6): so gateways join two equal lines. */
function lengthIn(header: string | undefined): string | undefined {
  const values = new Set(header?.split(',').map((value) => value.trim()))
  return values.size === 1 ? [...values][0] : header
}
