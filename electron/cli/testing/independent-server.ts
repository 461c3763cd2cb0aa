/** s3rver, an S3 server that is not ours, with a few ERA5-like objects. */
import { createHash } from 'node:crypto'
import { startS3rver } from '../../engine/testing/servers/start-s3rver.ts'

export const PREFIX = 'e5.oper.an.pl/202510/'
export const BUCKET = 'era5-public'

export type IndependentServer = {
  url: string
  /** Bodies by their name below the prefix. */
  objects: Map<string, Buffer>
  close(): Promise<void>
}

/** Each object is a byte larger than the one before it. */
export async function startIndependentServer(options: {
  objects: number
  bytesEach: number
}): Promise<IndependentServer> {
  const objects = new Map<string, Buffer>()
  for (let index = 0; index < options.objects; index++) {
    const day = String(index + 1).padStart(2, '0')
    const name = `e5.oper.an.pl.128_130_t.ll025sc.202510${day}00_202510${day}23.nc`
    const body = createHash('shake256', { outputLength: options.bytesEach + index })
      .update(name)
      .digest()
    objects.set(name, body)
  }
  const stored = [...objects].map(([name, body]) => ({ key: PREFIX + name, body }))
  const { endpointUrl, close } = await startS3rver({ [BUCKET]: stored })
  return { url: endpointUrl, objects, close }
}
