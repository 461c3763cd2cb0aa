/** Whether a client has really fetched what it was asked for. */
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { WorkloadObject } from './workloads.ts'

/** Sizes are compared for all, bytes for this many, first and last among them. */
const COMPARED_FILES = 20
const CHUNK_BYTES = 1024 ** 2

/** Returns what is wrong, or undefined. */
export function checkResult(bucketFolder: string, destination: string, objects: WorkloadObject[]): string | undefined {
  for (const { key, bytes } of objects) {
    const size = statSync(landedAt(destination, key), { throwIfNoEntry: false })?.size
    if (size !== bytes) return `${basename(key)} has ${size ?? 'no'} bytes of ${bytes}`
  }
  const step = Math.max(1, (objects.length - 1) / (COMPARED_FILES - 1))
  for (let at = 0; Math.round(at) < objects.length; at += step) {
    const { key } = objects[Math.round(at)] as WorkloadObject
    if (!sameBytes(join(bucketFolder, key), landedAt(destination, key))) return `${basename(key)} has other bytes`
  }
  return undefined
}

const landedAt = (destination: string, key: string): string => join(destination, basename(key))

function sameBytes(first: string, second: string): boolean {
  const files = [openSync(first, 'r'), openSync(second, 'r')] as const
  const chunks = [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CHUNK_BYTES)] as const
  try {
    for (;;) {
      const one = chunks[0].subarray(0, readSync(files[0], chunks[0]))
      const other = chunks[1].subarray(0, readSync(files[1], chunks[1]))
      if (!one.equals(other)) return false
      if (one.length === 0) return true
    }
  } finally {
    for (const file of files) closeSync(file)
  }
}
