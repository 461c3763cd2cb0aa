/** Tasks that ask for checksums: sums of what was written, and small objects that are compared with their answer. */
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { goodAnswer, head, OBJECT, prepareOneRange } from './testing/one-range.ts'

describe.each(['plain', 'TLS'])('over a %s connection', (kind) => {
  const world = prepareOneRange(kind)
  const { serve, fetchFrom } = world

  describe('a task that asks for sums is told them, of exactly what was written', () => {
    const sumTask = { check: { kind: 'sum' as const, algorithm: 'CRC32' as const, cutEvery: 300 } }
    const sumsOf = (...borders: number[]) =>
      borders.slice(1).map((end, at) => {
        const start = borders[at] as number
        const digest = Buffer.alloc(4)
        digest.writeUInt32BE(crc32(OBJECT.subarray(start, end)))
        return { start, end, digest: new Uint8Array(digest) }
      })

    it('of all of it, cut where parts of the upload end', async () => {
      const outcome = await fetchFrom(await serve((socket) => socket.write(goodAnswer())), sumTask)
      expect(outcome.sums).toEqual(sumsOf(1000, 1200, 1500, 1800, 2000))
    })

    it('of what came before the connection broke', async () => {
      const outcome = await fetchFrom(await serve((socket) => socket.end(goodAnswer(450))), sumTask)
      expect(outcome).toMatchObject({ reached: 1450, failure: { class: 'reset' } })
      expect(outcome.sums).toEqual(sumsOf(1000, 1200, 1450))
    })

    it('of what is left when a whole object comes for its end', async () => {
      const endpoint = await serve((socket) =>
        socket.write(Buffer.concat([Buffer.from(head('200 OK', 'content-length: 4000')), OBJECT])),
      )
      const outcome = await fetchFrom(endpoint, { ...sumTask, range: { start: 3500, end: 4000 }, acceptWhole: true })
      expect(outcome.sums).toEqual(sumsOf(3500, 3600, 3900, 4000))
    })

    it('and nobody else is', async () => {
      const outcome = await fetchFrom(await serve((socket) => socket.write(goodAnswer())))
      expect(outcome).not.toHaveProperty('sums')
      expect(world.requests[0]).not.toContain('x-amz-checksum-mode')
    })
  })

  describe('a small object is compared with what its answer promises before it gets its name', () => {
    const RIGHT = createHash('md5').update(OBJECT).digest('hex')
    const sha256 = createHash('sha256').update(OBJECT).digest('base64')
    const rows: [string, headers: string[], code: string | undefined][] = [
      ['the right MD5', [`etag: "${RIGHT}"`], undefined],
      ['the MD5 of other bytes', [`etag: "${RIGHT.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))}"`], 'MD5'],
      ['the right checksum', [`x-amz-checksum-sha256: ${sha256}`, 'x-amz-checksum-type: FULL_OBJECT'], undefined],
      ['the checksum of other bytes', ['x-amz-checksum-crc32: AAAAAA=='], 'CRC32'],
      // Not a wrong byte, but nothing that a worker can tell.
      ['nothing', [], 'UNPROVEN'],
      ['something about two parts', [`etag: "${RIGHT}-2"`], 'UNPROVEN'],
    ]
    it.each(rows)('%s', async (_title, headers, code) => {
      const [partPath, finalPath] = [join(world.folder, 'small.part'), join(world.folder, 'small')]
      const outcome = await fetchFrom(
        await serve((socket) =>
          socket.write(Buffer.concat([Buffer.from(head('200 OK', 'content-length: 4000', ...headers)), OBJECT])),
        ),
        {
          range: { start: 0, end: 4000 },
          etag: '',
          check: { kind: 'compare' },
          file: { kind: 'whole', partPath, finalPath, lastModified: 0 },
        },
      )
      expect(world.requests[0]).toMatch(/^x-amz-checksum-mode: ENABLED\r$/m)
      expect(world.requests[0]).toMatch(/SignedHeaders=[^,]*x-amz-checksum-mode/)
      expect(outcome.reached).toBe(4000)
      expect(outcome.failure?.code).toBe(code)
      if (code) expect(outcome.failure?.class).toBe('corrupt')
      expect(readdirSync(world.folder)).toContain(code ? 'small.part' : 'small')
      expect(readdirSync(world.folder)).not.toContain(code ? 'small' : 'small.part')
    })
  })
})
