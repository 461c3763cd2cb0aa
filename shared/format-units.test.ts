import { describe, expect, it, test } from 'vitest'
import { formatBytes, formatRate, parseBytes, parseRate, splitDuration, writeBytes } from './format-units.ts'

describe('sizes as people write them', () => {
  it.each<[string, number | undefined]>([
    ['20M', 20e6],
    ['20MB', 20e6],
    ['20MiB', 20 * 1024 ** 2],
    ['20 mib', 20 * 1024 ** 2],
    ['1.5GiB', 1.5 * 1024 ** 3],
    ['1T', 1e12],
    ['1048576', 1048576],
    ['10B', 10],
    ['0', 0],
    [' 7k ', 7000],
    ['', undefined],
    ['MB', undefined],
    ['-1', undefined],
    ['1e6', undefined],
    ['20MBit', undefined],
    ['20 M B', undefined],
    ['1,5GB', undefined],
    ['.5GB', undefined],
  ])('%j: %j', (text, expected) => {
    expect(parseBytes(text)).toBe(expected)
  })
})

test.each([
  ['20MiB', 20 * 1024 ** 2],
  ['20 MB/s', 20e6],
  ['20M / 秒', 20e6],
  ['20MB/h', undefined],
])('a rate of %s', (text, expected) => {
  expect(parseRate(text)).toBe(expected)
})

describe('sizes as they are written back into a field', () => {
  it.each([
    [20 * 1024 ** 2, '20MiB'],
    [5e6, '5MB'],
    [1536, '1536'],
    [3 * 1024, '3KiB'],
    [2e12, '2TB'],
    [1_048_577, '1048577'],
  ])('%d is %s, and is read as the same number', (bytes, text) => {
    expect(writeBytes(bytes)).toBe(text)
    expect(parseBytes(text)).toBe(bytes)
  })
})

describe('sizes as people read them', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 KB'],
    [1_320_000_000, '1.32 GB'],
    [12_345_678, '12.3 MB'],
    [123_456_789, '123 MB'],
    // Never "1000 MB".
    [999_600_000, '1.00 GB'],
    [5e15, '5.00 PB'],
    [5e18, '5000 PB'],
    [-5, '0 B'],
  ])('%d: %s', (bytes, expected) => {
    expect(formatBytes(bytes)).toBe(expected)
  })

  it.each([
    [0, '0.0 MB/s'],
    [50_000, '50.0 KB/s'],
    [100_000, '0.1 MB/s'],
    [31_800_000, '31.8 MB/s'],
    [1_234_000_000, '1234 MB/s'],
  ])('%d a second: %s', (rate, expected) => {
    expect(formatRate(rate)).toBe(expected)
  })
})

describe('durations, largest unit first', () => {
  it.each([
    [0, [0, 0, 0, 0]],
    [59.6, [0, 0, 1, 0]],
    [3661, [0, 1, 1, 1]],
    [200_000, [2, 7, 33, 20]],
    [-3, [0, 0, 0, 0]],
  ])('%d s', (seconds, [days, hours, minutes, left]) => {
    expect(splitDuration(seconds)).toEqual({ days, hours, minutes, seconds: left })
  })
})
