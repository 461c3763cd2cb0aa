/** What S3 answers to ListObjectsV2, written ahead as files `PREFIX-PAGE.xml`, counted from 1. */
import type { WorkloadObject } from './workloads.ts'

/** As S3 does. */
const KEYS_PER_PAGE = 1000

/** The pages of one prefix. The keys hold nothing that `encoding-type=url` or XML would change. Pure. */
export function listingPages(bucket: string, prefix: string, objects: WorkloadObject[], modified: Date): string[] {
  const pages = Math.max(1, Math.ceil(objects.length / KEYS_PER_PAGE))
  return Array.from({ length: pages }, (_, index) => {
    const slice = objects.slice(index * KEYS_PER_PAGE, (index + 1) * KEYS_PER_PAGE)
    const next = index + 1 < pages ? `<NextContinuationToken>page-${index + 2}</NextContinuationToken>` : ''
    const asked = index > 0 ? `<ContinuationToken>page-${index + 1}</ContinuationToken>` : ''
    const contents = slice.map(
      ({ key, bytes }) =>
        `<Contents><Key>${key}</Key><LastModified>${modified.toISOString()}</LastModified>` +
        `<ETag>&quot;${nginxEtag(modified, bytes)}&quot;</ETag><Size>${bytes}</Size>` +
        '<StorageClass>STANDARD</StorageClass></Contents>',
    )
    return (
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
      `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name>` +
      `<Prefix>${prefix}</Prefix>${asked}${next}<KeyCount>${slice.length}</KeyCount>` +
      `<MaxKeys>${KEYS_PER_PAGE}</MaxKeys><EncodingType>url</EncodingType>` +
      `<IsTruncated>${next !== ''}</IsTruncated>${contents.join('')}</ListBucketResult>`
    )
  })
}

/** `"%x-%x"` of modification time in seconds and size: ngx_http_set_etag in nginx's ngx_http_core_module.c. */
export const nginxEtag = (modified: Date, bytes: number): string =>
  `${Math.floor(modified.getTime() / 1000).toString(16)}-${bytes.toString(16)}`
