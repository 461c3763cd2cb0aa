/** One request, from its first line to its answer: who may ask, what the weather does to it, and what S3 would say. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { partsOf } from '../objects/object-sums.ts'
import { findByKey, lastModifiedOf, type ObjectSeries, pageOf, type StoredObject } from '../objects/stored-objects.ts'
import { meetWeather } from '../weather/meet-weather.ts'
import { checkSignature, readAuthorization } from './check-signature.ts'
import { locateRequest, readRange } from './locate-request.ts'
import { errorXml, listBucketsXml, listBucketXml } from './s3-answers.ts'
import { sendObject } from './send-object.ts'
import { type Connection, type ServerWorld, smallestOf } from './server-world.ts'

/** S3's own ceiling for one page. */
const MAX_KEYS = 1000

type Refusal = { status: number; code: string; extra?: string; region?: string }

export async function answerRequest(
  world: ServerWorld,
  connection: Connection,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { counters } = world
  connection.requests++
  const number = ++counters.requests
  request.resume()
  response.setHeader('date', new Date(world.now()).toUTCString())
  response.setHeader('x-amz-request-id', `R${number}`)
  response.setHeader('server', 'AmazonS3')
  setClosing(world, connection, response)

  const located = locateRequest({ url: request.url, host: request.headers.host }, world.buckets.keys(), world.baseHost)
  if (!located) return refuse(world, response, { status: 400, code: 'InvalidURI' })
  const { bucket, key, query } = located
  const series = world.buckets.get(bucket)
  const object = series && key !== '' ? currentObject(world, series, key) : undefined
  const kind = request.method === 'HEAD' ? 'head' : request.method !== 'GET' ? 'other' : key === '' ? 'list' : 'get'
  const range = object && rangeOf(object, request, query)
  const { start: bodyStart, end } = typeof range === 'object' ? range : { start: 0, end: object?.size ?? 0 }
  const body = { bodyStart, bodyBytes: end - bodyStart }
  const { delayMs, fate } = meetWeather(world.weather(), { kind, key, number, connection, ...body }, world.context())
  if (fate) counters.fates[fate.kind] = (counters.fates[fate.kind] ?? 0) + 1
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
  await world.untilLineIsUp()
  if (response.destroyed) return

  if (fate?.kind === 'silence' && fate.afterBytes < 0) return
  if (fate?.kind === 'refuse') {
    counters.refused++
    if (fate.retryAfterSeconds !== undefined) response.setHeader('retry-after', String(fate.retryAfterSeconds))
    return refuse(world, response, fate)
  }
  const refusal = authorize(world, request, bucket)
  if (refusal) return refuse(world, response, refusal)
  if (kind === 'other') return refuse(world, response, { status: 405, code: 'MethodNotAllowed' })
  if (bucket === '') return sendXml(response, listBucketsXml([...world.buckets.keys()]))
  if (!series) return refuse(world, response, { status: 404, code: 'NoSuchBucket' })
  if (kind === 'list') {
    counters.lists++
    return sendList(world, response, bucket, series, query)
  }
  if (key === '') return void response.writeHead(200, { 'x-amz-bucket-region': regionOf(world, bucket) }).end()
  if (!object) return refuse(world, response, { status: 404, code: 'NoSuchKey' })
  const problem = whyNotReadable(world, object, request, range)
  if (problem) return refuse(world, response, problem)
  const isPart = query.has('partNumber')
  sendObject(world, {
    connection,
    request,
    response,
    object,
    range: range as Exclude<typeof range, string>,
    isPart,
    fate,
  })
}

function setClosing(world: ServerWorld, connection: Connection, response: ServerResponse): void {
  const closesAfter = smallestOf(world.weather().map((part) => part.closesAfterRequests))
  const isLast = connection.requests >= closesAfter
  const isAnnounced = !world.weather().some((part) => part.closesUnannounced)
  const isAskedFor = response.req.headers.connection?.toLowerCase() === 'close'
  // Said outright, because Node would add how long it keeps idle connections, which S3 tells nobody.
  response.setHeader('connection', isAskedFor || (isLast && isAnnounced) ? 'close' : 'keep-alive')
  if (isLast && !isAnnounced) response.once('finish', () => response.req.socket.end())
}

/** The object as it is now: the weather may have had it changed. */
function currentObject(world: ServerWorld, series: ObjectSeries, key: string): StoredObject | undefined {
  const stored = findByKey(series, key)
  if (!stored) return undefined
  for (const part of world.weather()) {
    const version = part.version?.(key, world.context())
    if (version !== undefined) return { ...stored, version: (stored.version ?? 0) + version }
  }
  return stored
}

function rangeOf(object: StoredObject, request: IncomingMessage, query: URLSearchParams) {
  if (!query.has('partNumber')) return readRange(request.headers.range, object.size)
  if (object.size === 0 && query.get('partNumber') === '1') return undefined
  return partsOf(object)[Number(query.get('partNumber')) - 1] ?? ('no-such-part' as const)
}

function whyNotReadable(
  world: ServerWorld,
  object: StoredObject,
  request: IncomingMessage,
  range: ReturnType<typeof rangeOf>,
): Refusal | undefined {
  const isArchived = object.storageClass === 'GLACIER' || object.storageClass === 'DEEP_ARCHIVE'
  if (isArchived && request.method === 'GET') return { status: 403, code: 'InvalidObjectState' }
  const match = request.headers['if-match']?.replaceAll('"', '')
  if (match !== undefined && match !== '*' && match !== world.sums.etag(object)) {
    return { status: 412, code: 'PreconditionFailed' }
  }
  if (range === 'unsatisfiable') return { status: 416, code: 'InvalidRange' }
  if (range === 'no-such-part') return { status: 416, code: 'InvalidPartNumber' }
  return undefined
}

const regionOf = (world: ServerWorld, bucket: string): string => world.bucketRegions[bucket] ?? world.region

function authorize(world: ServerWorld, request: IncomingMessage, bucket: string): Refusal | undefined {
  if (world.denied.includes(bucket)) return { status: 403, code: 'AccessDenied' }
  const region = regionOf(world, bucket)
  const credential = readAuthorization(request)
  // As the global endpoint does: a bucket that lives elsewhere answers only who asks for its own region.
  if (bucket in world.bucketRegions && credential?.region !== region) {
    const endpoint = `${bucket}.s3.${region}.amazonaws.com`
    const extra = `<Bucket>${bucket}</Bucket><Endpoint>${endpoint}</Endpoint>`
    return { status: 301, code: 'PermanentRedirect', extra, region }
  }
  if (!world.keys) return undefined
  const isPublic = world.privateBuckets !== undefined && !world.privateBuckets.includes(bucket)
  if (isPublic && !request.headers.authorization) return undefined
  const code = checkSignature(request, world.keys, region, world.now())
  if (!code) return undefined
  const isRegion = code === 'AuthorizationHeaderMalformed'
  return { status: isRegion ? 400 : 403, code, ...(isRegion ? { extra: `<Region>${region}</Region>`, region } : {}) }
}

function refuse(world: ServerWorld, response: ServerResponse, { status, code, extra, region }: Refusal): void {
  const { errors, requests } = world.counters
  errors[code] = (errors[code] ?? 0) + 1
  const body = errorXml(code, `The fault server answers ${code}`, `R${requests}`, extra)
  response.writeHead(status, {
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(body),
    'x-amz-bucket-region': region ?? world.region,
  })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

function sendXml(response: ServerResponse, xml: string): void {
  response.writeHead(200, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(xml) }).end(xml)
}

function sendList(
  world: ServerWorld,
  response: ServerResponse,
  bucket: string,
  series: ObjectSeries,
  query: URLSearchParams,
): void {
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const wanted = Number(query.get('max-keys') ?? MAX_KEYS)
  if (!Number.isInteger(wanted) || wanted < 0) {
    refuse(world, response, { status: 400, code: 'InvalidArgument' })
    return
  }
  const maxKeys = Math.min(MAX_KEYS, wanted)
  const token = query.get('continuation-token')
  const after = token ? Buffer.from(token, 'base64url').toString() : (query.get('start-after') ?? '')
  const page = pageOf(series, { prefix, delimiter, maxKeys, after })
  const entries = page.objects.map((stored) => {
    const object = currentObject(world, series, stored.key) ?? stored
    const { key, size, listedSize = size, storageClass = 'STANDARD' } = object
    return { key, size: listedSize, storageClass, etag: world.sums.etag(object), lastModified: lastModifiedOf(object) }
  })
  const xml = listBucketXml({
    bucket,
    prefix,
    delimiter,
    maxKeys,
    urlEncoded: query.get('encoding-type') === 'url',
    entries,
    prefixes: page.prefixes,
    continuation: page.last === undefined ? undefined : Buffer.from(page.last).toString('base64url'),
  })
  sendXml(response, xml)
}
