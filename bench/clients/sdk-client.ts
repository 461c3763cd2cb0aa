/** The obvious program: AWS SDK, sixteen at a time, every chunk written as it comes. A process of its own. */
import { mkdir } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3'
import { fetchAll } from './part-tasks.ts'

const [endpoint = '', Bucket = '', Prefix = '', destination = ''] = process.argv.slice(2)
const client = new S3Client({
  endpoint,
  region: 'us-east-1',
  forcePathStyle: true,
  // Anonymous.
  credentials: { accessKeyId: '', secretAccessKey: '' },
  signer: { sign: async (request) => request },
})

await mkdir(destination, { recursive: true })
await fetchAll(list(), destination, async ({ key, file, start, end, isWhole }) => {
  const range = isWhole ? {} : { Range: `bytes=${start}-${end - 1}` }
  const answer = await client.send(new GetObjectCommand({ Bucket, Key: key, ...range }))
  let at = start
  for await (const chunk of answer.Body as Readable) {
    await file.write(chunk, 0, chunk.length, at)
    at += chunk.length
  }
  if (at !== end) throw new Error(`${key} ends at ${at} instead of ${end}`)
})
client.destroy()

async function* list(): AsyncGenerator<{ key: string; bytes: number }> {
  for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
    for (const { Key, Size } of page.Contents ?? []) yield { key: Key ?? '', bytes: Size ?? 0 }
  }
}
