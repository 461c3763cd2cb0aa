/**
 * One page of a listing through the SDK: it signs, sends and
 * explains failures; a good answer is read by read-listing.ts.
 */
import type { Readable } from 'node:stream'
import {
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3'
import { readErrorAnswer } from '../transport/classify-error.ts'
import { unquote } from '../transport/judge-response.ts'
import { decodeListed, type Listing, readListing, timeOf } from './read-listing.ts'

/** Control calls are small; one that takes longer is better sent again. */
export const REQUEST_TIMEOUT_MS = 20_000
/** A thousand keys of 1,024 bytes, each byte written as `%XX`, are 3 MB. */
const MAX_LISTING_BYTES = 16 * 1024 ** 2
const MAX_ERROR_BYTES = 256 * 1024

/** `marker`: the key before the page, where the service knows the first version of the listing only. */
export async function sendList(
  s3: S3Client,
  signal: AbortSignal,
  input: ListObjectsV2CommandInput,
  marker?: string,
): Promise<Listing> {
  const command = new ListObjectsV2Command(input)
  command.middlewareStack.add(
    (next) => (args) => {
      const { query } = args.request as { query: Record<string, string> }
      if (marker !== undefined) {
        delete query['list-type']
        query.marker = marker
      }
      return next(args)
    },
    { step: 'build' },
  )
  let listing: Listing | undefined
  let isLeftToSdk = false
  let hasOddTags = false
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const response = result.response as SdkResponse
      const body = await boundBody(response)
      if (response.statusCode !== 200) return result
      const text = body.toString('utf8')
      // S3 declares nothing; who does so wants a parser to multiply it.
      if (text.includes('<!DOCTYPE')) throw new Error('the listing brings declarations of its own')
      // The SDK takes any document, the page of a hotel's network too, for a listing without objects.
      if (!/<(?:ListBucketResult|Error)[\s>]/.test(text)) throw new Error('the answer is no listing')
      listing = readListing(text)
      if (!listing && text.includes('<Error>')) throw errorIn(text, response)
      if (listing) response.body = EMPTY_LISTING
      isLeftToSdk = listing === undefined
      hasOddTags = ODD_TAGS.test(text)
      return result
    },
    { step: 'deserialize', priority: 'low' },
  )
  const output = await s3.send(command, { abortSignal: signal }).catch((error: Error) => {
    throw isLeftToSdk ? unreadable(error) : error
  })
  const page = listing ?? requireSizes(listingOf(output))
  const isEmpty = page.objects.length === 0 && page.prefixes.length === 0
  if (isEmpty && hasOddTags) throw new Error('the listing writes its tags in a way of its own')
  return page
}

/** `<contents>`, `<s3:Contents>`: found by neither parser, and a full bucket would be taken for an empty one. */
const ODD_TAGS = /<(?:\w+:)?(?:contents|commonprefixes)[\s>]/i

type SdkResponse = { statusCode: number; headers: Record<string, string>; body: Readable | Uint8Array }

/** S3 may fail behind a head of 200. The SDK would make a 503 of it; here it keeps the code that S3 gives. */
function errorIn(body: string, response: SdkResponse): Error {
  const headers = new Map(Object.entries(response.headers))
  const failure = readErrorAnswer({ status: response.statusCode, headers, body, receivedAt: 0 })
  return Object.assign(new Error(failure.detail ?? ''), {
    Code: failure.code,
    Region: failure.region,
    $metadata: { httpStatusCode: response.statusCode, requestId: failure.requestId },
    $response: response,
  })
}

/** The SDK says of a document it cannot read where in its own workings that was; what it has met stands before. */
const unreadable = ({ message }: Error): Error =>
  new Error(`the listing cannot be read: ${message.split('\n')[0]?.trim() ?? ''}`)

/**
 * Puts the whole body in place of the stream, and no more of it than S3 could ever send. The SDK's own timers end with
 * the head of the answer: a body that stops would be waited for without an end (aws-sdk-js-v3#8098).
 */
async function boundBody(response: SdkResponse): Promise<Buffer> {
  const isGood = response.statusCode === 200
  const limit = isGood ? MAX_LISTING_BYTES : MAX_ERROR_BYTES
  if (!(response.body instanceof Uint8Array)) {
    const stream = response.body
    const late = () => stream.destroy(Object.assign(new Error('the answer has stopped'), { name: 'TimeoutError' }))
    const silence = setTimeout(late, REQUEST_TIMEOUT_MS)
    const chunks: Buffer[] = []
    let size = 0
    try {
      // Leaving the loop destroys the stream.
      for await (const chunk of stream) {
        silence.refresh()
        chunks.push(chunk)
        size += chunk.length
        if (size <= limit) continue
        if (isGood) throw new Error('the answer has no end')
        break
      }
    } finally {
      clearTimeout(silence)
    }
    response.body = Buffer.concat(chunks).subarray(0, limit)
  }
  return Buffer.from(response.body)
}

/** An unusual document, read by the SDK. */
function listingOf(output: ListObjectsV2CommandOutput): Listing {
  const decode = output.EncodingType === 'url' ? decodeListed : (text: string) => text
  return {
    objects: (output.Contents ?? []).map((item) => ({
      key: decode(item.Key ?? ''),
      size: item.Size ?? Number.NaN,
      etag: unquote(item.ETag ?? ''),
      lastModified: timeOf(item.LastModified?.getTime() ?? 0),
      storageClass: item.StorageClass ?? 'STANDARD',
    })),
    prefixes: (output.CommonPrefixes ?? []).map((item) => decode(item.Prefix ?? '')),
    isTruncated: output.IsTruncated === true,
    nextToken: output.NextContinuationToken,
    nextMarker: undefined,
  }
}

/** What cannot be a size is not guessed at. */
function requireSizes(listing: Listing): Listing {
  const odd = listing.objects.find(({ size }) => !Number.isSafeInteger(size) || size < 0)
  if (odd) throw new Error(`the listing gives ${JSON.stringify(odd.key.slice(0, 100))} no possible size`)
  return listing
}

const EMPTY_LISTING = Buffer.from('<ListBucketResult></ListBucketResult>')
