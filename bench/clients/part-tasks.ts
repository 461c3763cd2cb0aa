/** What the naive clients have in common: cut objects into parts, work on sixteen at a time. */
import { type FileHandle, open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { CONNECTIONS, PART_BYTES } from './bench-client.ts'

export type PartTask = { key: string; file: FileHandle; start: number; end: number; isWhole: boolean }

type CutPart = Omit<PartTask, 'file'> & { opening: Promise<FileHandle>; done(): Promise<void> }

/** Fetches all objects as they are listed; `fetchPart` writes its bytes at their offset. */
export async function fetchAll(
  objects: AsyncIterable<{ key: string; bytes: number }>,
  destination: string,
  fetchPart: (task: PartTask) => Promise<void>,
): Promise<void> {
  const tasks = cutIntoParts(objects, destination)
  const work = async () => {
    for (let next = await tasks.next(); !next.done; next = await tasks.next()) {
      const { opening, done, ...part } = next.value
      await fetchPart({ ...part, file: await opening })
      await done()
    }
  }
  // An async generator answers one `next` at a time, so it may be shared.
  await Promise.all(Array.from({ length: CONNECTIONS }, work))
}

async function* cutIntoParts(
  objects: AsyncIterable<{ key: string; bytes: number }>,
  destination: string,
): AsyncGenerator<CutPart, undefined> {
  for await (const { key, bytes } of objects) {
    const opening = open(join(destination, basename(key)), 'w')
    let left = Math.max(1, Math.ceil(bytes / PART_BYTES))
    const done = async () => {
      if (--left === 0) await (await opening).close()
    }
    const isWhole = left === 1
    for (let start = 0; start === 0 || start < bytes; start += PART_BYTES) {
      yield { key, opening, start, end: Math.min(bytes, start + PART_BYTES), isWhole, done }
    }
  }
}
