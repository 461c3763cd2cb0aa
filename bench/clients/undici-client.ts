/** The quick program: undici's own dispatch, chunks gathered to 1 MiB before they are written. A process of its own. */
import type { FileHandle } from 'node:fs/promises'
import { mkdir } from 'node:fs/promises'
import { Pool } from 'undici'
import { CONNECTIONS } from './bench-client.ts'
import { fetchAll, type PartTask } from './part-tasks.ts'

const WRITE_BYTES = 1024 ** 2

const [endpoint = '', bucket = '', prefix = '', destination = ''] = process.argv.slice(2)
const pool = new Pool(endpoint, { connections: CONNECTIONS, pipelining: 1 })

await mkdir(destination, { recursive: true })
await fetchAll(list(), destination, fetchPart)
await pool.close()

function fetchPart({ key, file, start, end, isWhole }: PartTask): Promise<void> {
  const headers: Record<string, string> = isWhole ? {} : { range: `bytes=${start}-${end - 1}` }
  const writer = createGatheringWriter(file, start, Math.min(WRITE_BYTES, end - start))
  return new Promise((resolve, reject) => {
    pool.dispatch(
      { method: 'GET', path: `/${bucket}/${key}`, headers },
      {
        onRequestStart() {},
        onResponseStart(controller, status) {
          if (status !== (isWhole ? 200 : 206)) controller.abort(new Error(`${key}: HTTP ${status}`))
        },
        onResponseData(controller, chunk) {
          const busy = writer.add(chunk)
          if (!busy) return
          controller.pause()
          busy.then(() => controller.resume(), reject)
        },
        onResponseEnd() {
          writer.finish().then((at) => {
            if (at === end) resolve()
            else reject(new Error(`${key} ends at ${at} instead of ${end}`))
          }, reject)
        },
        onResponseError(_controller, error) {
          reject(error)
        },
      },
    )
  })
}

/** `add` returns a promise while a write is under way and the next chunk must wait. */
function createGatheringWriter(file: FileHandle, start: number, capacity: number) {
  const buffer = Buffer.allocUnsafe(capacity)
  let filled = 0
  let at = start

  async function write(bytes: Buffer): Promise<void> {
    await file.write(bytes, 0, bytes.length, at)
    at += bytes.length
  }

  return {
    add(chunk: Buffer): Promise<void> | undefined {
      if (filled + chunk.length <= capacity) {
        filled += chunk.copy(buffer, filled)
        return undefined
      }
      const room = capacity - filled
      chunk.copy(buffer, filled, 0, room)
      const rest = Buffer.from(chunk.subarray(room))
      return write(buffer).then(async () => {
        filled = 0
        if (rest.length >= capacity) await write(rest)
        else filled = rest.copy(buffer)
      })
    },
    async finish(): Promise<number> {
      if (filled > 0) await write(buffer.subarray(0, filled))
      return at
    },
  }
}

async function* list(): AsyncGenerator<{ key: string; bytes: number }> {
  let token = ''
  do {
    const query = `list-type=2&prefix=${encodeURIComponent(prefix)}${token && `&continuation-token=${token}`}`
    const answer = await pool.request({ method: 'GET', path: `/${bucket}?${query}` })
    const page = await answer.body.text()
    for (const [, key = '', bytes] of page.matchAll(/<Key>([^<]*)<\/Key>.*?<Size>(\d+)<\/Size>/g)) {
      yield { key, bytes: Number(bytes) }
    }
    token = /<NextContinuationToken>([^<]*)</.exec(page)?.[1] ?? ''
  } while (token !== '')
}
