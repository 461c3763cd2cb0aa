import { expect, test } from 'vitest'
import { jsonLine } from './json-lines.ts'

test('a line of JSON is one line for every reader, and moves no cursor', () => {
  const key = 'next\u0085line\u2028separator\u202ereversed\u007f\n温度'
  const line = jsonLine({ key })
  expect(line).toBe(String.raw`{"key":"next\u0085line\u2028separator\u202ereversed\u007f\n温度"}`)
  expect(JSON.parse(line)).toEqual({ key })
})

test.each([...'\u007f\u0085\u009b\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2067\u2069'])(
  'what ends a line or turns a text round is escaped: %j',
  (sign) => {
    expect(jsonLine({ key: sign })).toMatch(/^\{"key":"\\u[0-9a-f]{4}"\}$/)
  },
)
