/**
 * A server that lists a million keys, each page after a round trip's time, and gives
 * every object one byte. A process of its own: `node listing-server.ts LAYOUT-NUMBER
 * DELAY-MS`. Tells its port, then when the first object was asked for.
 */
import { createServer } from 'node:http'
import { listBucketXml } from '../../electron/engine/testing/fault-server/s3-answers.ts'
import { findByKey, pageOf } from '../../electron/engine/testing/objects/stored-objects.ts'
import { LAYOUTS, type Layout, OBJECT_BYTES, seriesOf } from './layouts.ts'

export type ServerMessage = { port: number } | { firstObjectAt: number }

const [layout = '0', delay = '0'] = process.argv.slice(2)
const series = seriesOf(LAYOUTS[Number(layout)] as Layout)
let hasToldObject = false

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const [, bucket = '', ...rest] = url.pathname.split('/')
  const key = decodeURIComponent(rest.join('/'))
  if (key !== '') giveObject(key)
  else setTimeout(() => response.end(page(bucket, url.searchParams)), Number(delay))

  function giveObject(wanted: string): void {
    const object = findByKey(series, wanted)
    if (!object) return void response.writeHead(404).end()
    if (!hasToldObject) tell({ firstObjectAt: Date.now() })
    hasToldObject = true
    const range = request.headers.range !== undefined
    response.writeHead(range ? 206 : 200, {
      ETag: `"${object.etag}"`,
      'Content-Length': OBJECT_BYTES,
      'Last-Modified': new Date(object.lastModified ?? 0).toUTCString(),
      ...(range ? { 'Content-Range': `bytes 0-0/${OBJECT_BYTES}` } : {}),
    })
    response.end('x'.repeat(OBJECT_BYTES))
  }
})

function page(bucket: string, query: URLSearchParams): string {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? '']
  const maxKeys = Number(query.get('max-keys') ?? 1000)
  const token = query.get('continuation-token') ?? ''
  const found = pageOf(series, { prefix, delimiter, maxKeys, after: Buffer.from(token, 'hex').toString() })
  return listBucketXml({
    bucket,
    prefix,
    delimiter,
    maxKeys,
    urlEncoded: query.get('encoding-type') === 'url',
    entries: found.objects.map(({ key, size, etag = '', lastModified = 0 }) => ({ key, size, etag, lastModified })),
    prefixes: found.prefixes,
    continuation: found.last === undefined ? undefined : Buffer.from(found.last).toString('hex'),
  })
}

const tell = (message: ServerMessage) => void process.send?.(message)

process.once('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address) tell({ port: address.port })
})
