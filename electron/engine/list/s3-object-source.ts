/** One bucket as a source of objects: listing, HEAD, and the endpoint of the data plane. */
import { Readable } from 'node:stream'
import {
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListBucketsCommand,
} from '@aws-sdk/client-s3'
import { type Failure, failed, type Outcome, success } from '../../../shared/failure.ts'
import type { ListPage, ObjectHead, ObjectSource } from '../engine-ports.ts'
import { unquote } from '../transport/judge-response.ts'
import { type BucketClientOptions, createBucketClient } from './bucket-client.ts'
import { mergeByKey } from './read-folders.ts'
import { readKeysAlone } from './read-keys-alone.ts'
import { type Listing, timeOf } from './read-listing.ts'
import { isUnsigned } from './sdk-failure.ts'
import { sendList } from './send-list.ts'

export type S3ObjectSource = ObjectSource & { listBuckets(signal: AbortSignal): Promise<Outcome<string[]>> }

export function createS3ObjectSource(options: BucketClientOptions): S3ObjectSource {
  const { source } = options
  const bucket = { Bucket: source.bucket, RequestPayer: source.requestPayer }
  const client = createBucketClient(options)
  const missingBucket = { class: 'missing-bucket', subject: source.bucket } as const
  /** ... and where it bears no sign of S3, that a web server without such a page is there. */
  const noService = (failure: Failure) => failed({ ...failure, class: 'protocol', subject: client.host() })

  const askPage: ObjectSource['listPage'] = async (request, signal) => {
    const { prefix, delimiter, continuation, pageSize, startAfter } = request
    const marker = continuation?.startsWith(MARKER) ? continuation.slice(MARKER.length) : undefined
    const input = {
      ...bucket,
      Prefix: prefix,
      Delimiter: delimiter,
      MaxKeys: pageSize,
      StartAfter: startAfter,
      ContinuationToken: marker === undefined ? continuation : undefined,
      // Keys may hold characters that XML cannot. Huawei's gives the first page again where a marker comes with it.
      EncodingType: marker === undefined ? ('url' as const) : undefined,
    }
    const page = await client.run(signal, (s3) => sendList(s3, signal, input, marker))
    if (page.ok) return readPage(page.value, { prefix, continuation })
    // A listing has no key that could be missing: a 404 means the bucket, ...
    if (page.failure.class !== 'missing') return page
    return isUnsigned(page.failure) ? noService(page.failure) : failed({ ...page.failure, ...missingBucket })
  }

  return readKeysAlone({
    async listPage(request, signal) {
      const page = await askPage(request, signal)
      // Most that know the first version alone answer in it; some refuse, and would for ever.
      const isUnknown = !page.ok && page.failure.code === 'NotImplemented' && request.continuation === undefined
      return isUnknown ? askPage({ ...request, continuation: MARKER }, signal) : page
    },

    async headObject(key, { checksums, partNumber }, signal) {
      const head = await client.run(signal, (s3) =>
        s3.send(
          new HeadObjectCommand({
            ...bucket,
            Key: key,
            PartNumber: partNumber,
            ...(checksums ? { ChecksumMode: 'ENABLED' as const } : {}),
          }),
          { abortSignal: signal },
        ),
      )
      if (!head.ok) return head.failure.subject ? head : failed({ ...head.failure, subject: key })
      const { value } = head
      const objectHead: ObjectHead = {
        size: value.ContentLength ?? 0,
        etag: unquote(value.ETag ?? ''),
        lastModified: timeOf(value.LastModified?.getTime() ?? 0),
        checksums: definedOnly({
          CRC64NVME: value.ChecksumCRC64NVME,
          CRC32C: value.ChecksumCRC32C,
          CRC32: value.ChecksumCRC32,
          SHA256: value.ChecksumSHA256,
          SHA1: value.ChecksumSHA1,
        }),
        checksumType: value.ChecksumType ?? '',
        partCount: value.PartsCount ?? 1,
        ...encryptionOf(value),
      }
      return success(objectHead)
    },

    async tryObject({ key, etag }, signal) {
      const input = { ...bucket, Key: key, Range: 'bytes=0-0' }
      const answer = await client.run(signal, (s3) => s3.send(new GetObjectCommand(input), { abortSignal: signal }))
      if (!answer.ok) return answer.failure.subject ? answer : failed({ ...answer.failure, subject: key })
      // Who ignores ranges sends all of it.
      if (answer.value.Body instanceof Readable) answer.value.Body.destroy()
      // A network that wants a login first answers any request.
      const isForeign = etag !== '' && !answer.value.ETag
      return isForeign ? failed({ class: 'protocol', code: 'no-etag', subject: key }) : success(undefined)
    },

    async listBuckets(signal) {
      const answer = await client.run(signal, (s3) => s3.send(new ListBucketsCommand({}), { abortSignal: signal }))
      if (answer.ok) return success((answer.value.Buckets ?? []).map((bucket) => bucket.Name ?? ''))
      return answer.failure.class === 'missing' && isUnsigned(answer.failure) ? noService(answer.failure) : answer
    },

    endpoint: client.endpoint,
    close: client.close,
  })

  function readPage(
    listing: Listing,
    request: { prefix: string; continuation: string | undefined },
  ): Outcome<ListPage> {
    const { isTruncated, nextToken } = listing
    const next = isTruncated ? (nextToken ?? markerBehind(listing)) : undefined
    if (isTruncated && (!next || next === request.continuation)) {
      return failed({ class: 'protocol', code: 'list-does-not-advance', subject: source.bucket })
    }
    return success({
      // What lies elsewhere was not requested, and its name below the prefix would be a piece of nonsense.
      objects: listing.objects.filter(({ key }) => key.startsWith(request.prefix)),
      prefixes: listing.prefixes.filter((name) => name.startsWith(request.prefix)),
      ...(next ? { continuation: next } : {}),
    })
  }
}

/**
 * Some services answer as in the first version of the listing, whatever the request: Huawei's parallel file system, old
 * Ceph, IBM's and Netease's. There a page goes on behind the last name of the one before. What begins so is such a
 * name; no token does, as XML has no place for it.
 */
const MARKER = '\u0000'

function markerBehind(listing: Listing): string | undefined {
  const last = mergeByKey(listing).at(-1)
  const name = listing.nextMarker ?? (last?.kind === 'folder' ? last.prefix : last?.objects.at(-1)?.key)
  return name ? MARKER + name : undefined
}

const encryptionOf = (head: HeadObjectCommandOutput): { encryption?: string } => {
  const encryption = head.SSECustomerAlgorithm ? 'customer' : head.ServerSideEncryption
  return encryption ? { encryption } : {}
}

const definedOnly = (values: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined))
