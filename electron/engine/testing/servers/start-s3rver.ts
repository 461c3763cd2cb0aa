/** s3rver, an S3 server that is not ours, seeded with objects: what our own look-alike believes must hold there too. */
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
// @ts-expect-error it brings no types
import S3rver from 's3rver'

/** The only keys it knows. */
export const S3RVER_KEYS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }

export type RunningS3rver = { endpointUrl: string; close(): Promise<void> }

export async function startS3rver(
  buckets: Record<string, readonly { key: string; body: Buffer }[]>,
): Promise<RunningS3rver> {
  const folder = await mkdtemp(join(tmpdir(), 'longhaul-s3rver-'))
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: folder,
    configureBuckets: Object.keys(buckets).map((name) => ({ name })),
  })
  const { port } = (await server.run()) as AddressInfo
  const endpointUrl = `http://127.0.0.1:${port}`
  const s3 = new S3Client({
    endpoint: endpointUrl,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: S3RVER_KEYS,
  })
  const close = async () => {
    s3.destroy()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    for (const [bucket, objects] of Object.entries(buckets)) {
      for (const { key, body } of objects) await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }))
    }
  } catch (error) {
    await close()
    throw error
  }
  return { endpointUrl, close }
}
