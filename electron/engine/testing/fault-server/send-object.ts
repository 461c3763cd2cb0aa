/** The answer to a GET or HEAD of an object: head as S3 writes it, body as the weather lets it pass. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isInParts, partsOf } from '../objects/object-sums.ts'
import { lastModifiedOf, type StoredObject } from '../objects/stored-objects.ts'
import { weightOf } from '../weather/meet-weather.ts'
import type { Fate } from '../weather/weather.ts'
import { type Connection, type ServerWorld, smallestOf } from './server-world.ts'

export type ObjectAnswer = {
  connection: Connection
  request: IncomingMessage
  response: ServerResponse
  object: StoredObject
  /** `end` exclusive; undefined = the whole object. */
  range: { start: number; end: number } | undefined
  /** Asked by partNumber. */
  isPart: boolean
  fate: Fate | undefined
}

export function sendObject(world: ServerWorld, answer: ObjectAnswer): void {
  const { connection, request, response, object, fate } = answer
  const { counters } = world
  const partial = fate?.kind === 'ignore-range' ? undefined : answer.range
  let { start, end } = partial ?? { start: 0, end: object.size }
  if (fate?.kind === 'wrong-range' && partial && end < object.size) [start, end] = [start + fate.by, end + fate.by]
  const status = partial ? 206 : 200
  const headers = headersOf(world, answer, partial && { start, end })
  if (request.method === 'HEAD') {
    counters.heads++
    response.writeHead(status, headers).end()
    return
  }
  counters.gets++
  response.writeHead(status, headers)
  response.flushHeaders()
  world.sender.send({
    response,
    length: fate && 'afterBytes' in fate ? Math.min(fate.afterBytes, end - start) : end - start,
    fill(target, at, length) {
      world.read(object, target, start + at, length)
      const flipped = fate?.kind === 'flip' ? fate.atByte - start - at : -1
      if (flipped >= 0 && flipped < length) target[flipped] = (target[flipped] as number) ^ 1
    },
    rate: () =>
      smallestOf([
        ...world.weather().map((part) => part.connectionRate?.(connection, world.context())),
        fate?.kind === 'trickle' ? fate.bytesPerSecond : undefined,
      ]),
    weight: () => weightOf(world.weather(), connection, world.context()),
    onSent(bytes) {
      counters.bytesSent += bytes
      connection.bytesSent += bytes
    },
    onEnd() {
      if (fate?.kind === 'silence') return
      if (fate?.kind === 'reset') connection.reset()
      else if (fate?.kind === 'truncate') request.socket.end()
      else response.end()
    },
  })
}

function headersOf(
  world: ServerWorld,
  { request, object, isPart }: ObjectAnswer,
  partial: { start: number; end: number } | undefined,
): Record<string, string | number> {
  const etag = world.sums.etag(object)
  const headers: Record<string, string | number> = {
    ...(etag === '' ? {} : { etag: `"${etag}"` }),
    'last-modified': new Date(lastModifiedOf(object)).toUTCString(),
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    'content-length': partial ? partial.end - partial.start : object.size,
  }
  if (partial) headers['content-range'] = `bytes ${partial.start}-${partial.end - 1}/${object.size}`
  if (object.storageClass) headers['x-amz-storage-class'] = object.storageClass
  if (isPart && isInParts(object)) headers['x-amz-mp-parts-count'] = partsOf(object).length
  const isWhole = !partial || (partial.start === 0 && partial.end === object.size)
  const isAsked = request.headers['x-amz-checksum-mode']?.toString().toUpperCase() === 'ENABLED'
  const checksum = isAsked && isWhole ? world.sums.checksum(object) : undefined
  if (checksum) {
    headers[`x-amz-checksum-${checksum.algorithm.toLowerCase()}`] = checksum.value
    headers['x-amz-checksum-type'] = checksum.type
  }
  return headers
}
