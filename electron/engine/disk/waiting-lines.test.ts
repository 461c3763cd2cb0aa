import { expect, test } from 'vitest'
import { createWaitingLines } from './waiting-lines.ts'

const newLines = () => createWaitingLines((texts) => Buffer.from(texts.map((text) => `${text}\n`).join('')))
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => String(from + at))
const read = (bytes: Buffer) => bytes.toString().split('\n').slice(0, -1)

test.each([0, 1, 63, 64, 65, 1000])('%i lines are taken in their order, once', (count) => {
  const lines = newLines()
  for (const text of numbers(0, count)) lines.add(text)
  expect(lines.isEmpty).toBe(count === 0)
  expect(read(lines.take())).toEqual(numbers(0, count))
  expect(lines.isEmpty).toBe(true)
  expect(lines.take()).toHaveLength(0)
})

test('what could not be written comes before what was added since', () => {
  const lines = newLines()
  for (const text of numbers(0, 100)) lines.add(text)
  const taken = lines.take()
  for (const text of numbers(100, 200)) lines.add(text)
  lines.giveBack(taken)
  expect(read(lines.take())).toEqual(numbers(0, 200))
})
