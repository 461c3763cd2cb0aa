import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forEachLine } from './read-lines.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-lines-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The lines of a file with this content, `TOO LONG` in place of one that is, and the size that was found. */
async function read(content: string) {
  const path = join(folder, 'file')
  writeFileSync(path, content)
  const lines: string[] = []
  let pauses = 0
  const file = await open(path)
  const size = await forEachLine(file, {
    line(bytes, start, end, offset) {
      const line = bytes.toString('utf8', start, end)
      expect(content.startsWith(line, offset + start)).toBe(true)
      lines.push(line)
    },
    overlong: () => lines.push('TOO LONG'),
    async pause() {
      pauses++
    },
  })
  await file.close()
  return { lines, size, pauses }
}

const endless = 'x'.repeat(3_000_000)

test.each<[string, string, string[]]>([
  ['nothing', '', []],
  ['one line', 'a\n', ['a']],
  ['empty lines', '\n\na\n\n', ['', '', 'a', '']],
  ['a last line without its end', 'a\nb', ['a']],
  ['a line that is too long, between others', `a\n${endless}\nb\n`, ['a', 'TOO LONG', 'b']],
  ['nothing but one', endless, ['TOO LONG']],
])('%s', async (_, content, lines) => {
  expect(await read(content)).toMatchObject({ lines, size: content.length })
})

test('lines of all lengths, across the borders of what is read at once', async () => {
  const lines = Array.from({ length: 400 }, (_, index) => `${index}:${'y'.repeat((index * 7919) % 40_000)}`)
  const { lines: told, pauses } = await read(`${lines.join('\n')}\n`)
  expect(told).toEqual(lines)
  expect(pauses).toBeGreaterThan(5)
})
