import { expect, test } from 'vitest'
import { jsonLine } from './json-lines.ts'

test('a line of JSON is one line for every reader, and moves no cursor', () => {
  const key = 'next\u0085line\u2028separator\u202ereversed\u007f\n温度'
  const line = jsonLine({ key })
  expect(line).toBe(String.raw`{"key":"next\u0085line\u2028separator\u202ereversed\u007f\n温度"}`)
  expect(JSON.parse(line)).toEqual({ key })
})
