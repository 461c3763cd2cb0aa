/**
 * Reads the answer of ListObjectsV2. The SDK's XML parser makes a tree of objects and validates each of them, which
 * takes 46 ms of the control plane's thread for 1,000 keys; a million keys are a thousand such pages. The document is
 * flat and S3 escapes every `<` inside it, so its few elements can be cut out directly. Pure.
 */

import type { ListedObject } from '../engine-ports.ts'
import { unquote } from '../transport/judge-response.ts'

export type Listing = {
  objects: ListedObject[]
  prefixes: string[]
  isTruncated: boolean
  nextToken: string | undefined
  /** Of the first version of the listing, and there only where a delimiter was given. */
  nextMarker: string | undefined
}

/** Undefined when the text is no such document: the SDK then reports what is wrong with it. */
export function readListing(xml: string): Listing | undefined {
  const start = xml.indexOf('<ListBucketResult')
  const end = xml.lastIndexOf('</ListBucketResult>')
  if (start < 0 || end < start || xml.includes('<![CDATA[') || xml.includes('<!DOCTYPE')) return undefined
  // Not as S3 writes its tags: none would be found, and a full bucket taken for an empty one.
  if (/<(?:Contents|CommonPrefixes)[\s/]/.test(xml)) return undefined
  const contentsAt = xml.indexOf('<Contents>', start)
  const head = contentsAt < 0 ? xml : xml.slice(start, contentsAt)
  const isUrlEncoded = (textOf(head, 'EncodingType') ?? textOf(xml, 'EncodingType')) === 'url'
  const decode = isUrlEncoded ? decodeListed : (text: string) => text
  const objects: ListedObject[] = []
  for (const item of elements(xml, 'Contents', start)) {
    const key = textOf(item, 'Key')
    const size = Number(textOf(item, 'Size'))
    if (key === undefined || !Number.isSafeInteger(size) || size < 0) return undefined
    objects.push({
      key: ownText(decode(key)),
      size,
      etag: ownText(etagOf(item)),
      lastModified: readTime(textOf(item, 'LastModified')?.trim() ?? ''),
      storageClass: textOf(item, 'StorageClass') ?? 'STANDARD',
    })
  }
  const isTruncated = (textOf(xml, 'IsTruncated') ?? 'false').trim().toLowerCase()
  if (isTruncated !== 'true' && isTruncated !== 'false') return undefined
  const prefixes: string[] = []
  for (const item of elements(xml, 'CommonPrefixes', start))
    prefixes.push(ownText(decode(textOf(item, 'Prefix') ?? '')))
  const nextMarker = textOf(xml, 'NextMarker')
  return {
    objects,
    prefixes,
    isTruncated: isTruncated === 'true',
    nextToken: textOf(xml, 'NextContinuationToken'),
    nextMarker: nextMarker === undefined ? undefined : decode(nextMarker),
  }
}

/**
 * A piece cut out of a string keeps the whole string in memory: a table of a million keys kept a good
 * part of its thousand pages, 200 bytes a key (measured). What is kept for the life of the job is copied.
 */
function ownText(text: string): string {
  if (3 * text.length > scratch.length) return Buffer.from(text).toString()
  return scratch.toString('utf8', 0, scratch.write(text))
}
const scratch = Buffer.alloc(4096)

function* elements(xml: string, name: string, from: number): Generator<string> {
  const [open, close] = [`<${name}>`, `</${name}>`]
  for (let start = xml.indexOf(open, from); start >= 0; ) {
    const end = xml.indexOf(close, start)
    if (end < 0) return
    yield xml.slice(start + open.length, end)
    start = xml.indexOf(open, end)
  }
}

function textOf(xml: string, name: string): string | undefined {
  const open = `<${name}>`
  const start = xml.indexOf(open)
  const end = start < 0 ? -1 : xml.indexOf(`</${name}>`, start)
  return end < 0 ? undefined : unescapeXml(xml.slice(start + open.length, end))
}

/** S3's times are UTC; what names no zone is none of this machine's. */
const readTime = (text: string): number => timeOf(Date.parse(/:\d\d(?:\.\d+)?$/.test(text) ? `${text}Z` : text))

/** FAT and other file systems with 32 bits of seconds know none from 2106 on. */
const LATEST_MS = 2 ** 32 * 1000

/**
 * Programs in Go write the year 1 for a time they do not know, others the year 9999. Few file systems can bear it: the
 * file would have another one, and every later run would take it for another file and fetch it again. 0 is unknown, as
 * where there is no time, or none that can be read.
 */
export const timeOf = (unixMs: number): number => (unixMs > 0 && unixMs < LATEST_MS ? unixMs : 0)

const QUOTED_ETAG = /<ETag>&quot;([^&<"]*)&quot;<\/ETag>/

/** S3 writes the quotes as entities: nearly every ETag is found at once. */
const etagOf = (item: string): string => QUOTED_ETAG.exec(item)?.[1] ?? unquote(textOf(item, 'ETag') ?? '')

const NAMED: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

function unescapeXml(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|quot|apos|amp));/gi, (whole, hex, decimal, name) => {
    if (name) return NAMED[name.toLowerCase()] ?? whole
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

/** S3 writes a space as `+` in url-encoded listings. */
export function decodeListed(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch {
    return text
  }
}
