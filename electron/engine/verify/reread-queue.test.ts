import { expect, test } from 'vitest'
import { createRereadQueue } from './reread-queue.ts'

/** Reads that end when they are told to. */
function scriptedReads() {
  const under = new Map<number, () => void>()
  const begun: number[] = []
  return {
    begun,
    reread: (index: number) =>
      new Promise<void>((resolve) => {
        begun.push(index)
        under.set(index, resolve)
      }),
    async end(index: number) {
      under.get(index)?.()
      await Promise.resolve()
      await Promise.resolve()
    },
  }
}

test('four files at a time, in their order; idle when all have been read', async () => {
  const reads = scriptedReads()
  const queue = createRereadQueue(reads.reread)
  for (const index of [10, 11, 12, 13, 14, 15]) queue.add(index)
  expect(reads.begun).toEqual([10, 11, 12, 13])
  await reads.end(12)
  expect(reads.begun).toEqual([10, 11, 12, 13, 14])
  await reads.end(10)
  expect(reads.begun.at(-1)).toBe(15)
  for (const index of [11, 13, 14]) await reads.end(index)
  expect(queue.isIdle()).toBe(false)
  await reads.end(15)
  expect(queue.isIdle()).toBe(true)
})

test('while the job is paused no other file is begun', async () => {
  const reads = scriptedReads()
  const queue = createRereadQueue(reads.reread)
  queue.add(1)
  queue.hold()
  queue.add(2)
  await reads.end(1)
  expect(reads.begun).toEqual([1])
  expect(queue.isIdle()).toBe(false)
  queue.resume()
  expect(reads.begun).toEqual([1, 2])
})

test('stopped: those under way come to their end, those that wait are never begun', async () => {
  const reads = scriptedReads()
  const queue = createRereadQueue(reads.reread)
  for (const index of [1, 2, 3, 4, 5]) queue.add(index)
  let isQuiet = false
  const quiet = queue.stop().then(() => {
    isQuiet = true
  })
  for (const index of [1, 2, 3]) await reads.end(index)
  expect(isQuiet).toBe(false)
  await reads.end(4)
  await quiet
  expect(reads.begun).toEqual([1, 2, 3, 4])
})
