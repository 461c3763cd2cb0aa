/** S3's XML, as far as a download needs it. */
export type ListedEntry = { key: string; size: number; etag: string; lastModified: number; storageClass?: string }

export const escapeXml = (text: string): string =>
  text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    // Not even allowed in XML 1.0, and written by S3 all the same: why clients ask for `encoding-type=url`.
    .replace(CONTROL_CHARACTER, (mark) => `&#x${mark.charCodeAt(0).toString(16)};`)

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL_CHARACTER = /[\u0000-\u001f]/g

/** `encoding-type=url`: as S3 does it, a space becomes `+`. */
export const encodeListed = (text: string): string => encodeURIComponent(text).replace(/%20/g, '+').replace(/%2F/g, '/')

export function listBucketXml(answer: {
  bucket: string
  prefix: string
  delimiter: string
  maxKeys: number
  urlEncoded: boolean
  entries: ListedEntry[]
  prefixes: string[]
  continuation: string | undefined
}): string {
  const write = (text: string) => escapeXml(answer.urlEncoded ? encodeListed(text) : text)
  const contents = answer.entries.map(
    ({ key, size, etag, lastModified, storageClass = 'STANDARD' }) =>
      `<Contents><Key>${write(key)}</Key><LastModified>${new Date(lastModified).toISOString()}</LastModified>` +
      `${etag === '' ? '' : `<ETag>&quot;${etag}&quot;</ETag>`}<Size>${size}</Size><StorageClass>${storageClass}</StorageClass></Contents>`,
  )
  const common = answer.prefixes.map((prefix) => `<CommonPrefixes><Prefix>${write(prefix)}</Prefix></CommonPrefixes>`)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>${answer.bucket}</Name><Prefix>${write(answer.prefix)}</Prefix>`,
    answer.delimiter ? `<Delimiter>${write(answer.delimiter)}</Delimiter>` : '',
    `<MaxKeys>${answer.maxKeys}</MaxKeys><KeyCount>${answer.entries.length + answer.prefixes.length}</KeyCount>`,
    answer.urlEncoded ? '<EncodingType>url</EncodingType>' : '',
    `<IsTruncated>${answer.continuation !== undefined}</IsTruncated>`,
    answer.continuation ? `<NextContinuationToken>${answer.continuation}</NextContinuationToken>` : '',
    ...contents,
    ...common,
    '</ListBucketResult>',
  ].join('')
}

export const listBucketsXml = (buckets: string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?><ListAllMyBucketsResult><Owner><ID>o</ID></Owner><Buckets>${buckets
    .map((name) => `<Bucket><Name>${name}</Name><CreationDate>2020-01-01T00:00:00.000Z</CreationDate></Bucket>`)
    .join('')}</Buckets></ListAllMyBucketsResult>`

export const errorXml = (code: string, message: string, requestId: string, extra = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message>${extra}` +
  `<RequestId>${requestId}</RequestId></Error>`
