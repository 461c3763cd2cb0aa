/**
 * A bound for V8's room for young objects, of each thread: left alone it grows with the memory of the machine, to 128
 * MB on one of 24 GB, though 16 do (docs/benchmarks.md). An installed program takes no flags, so it is set here.
 */
import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Two halves of 8 MB, and a third in reserve: `maxYoungGenerationSizeMb` of a thread that is started. */
export const YOUNG_SPACE_MB = 24

const LARGEST_BYTES = 16 * 1024 ** 2

/**
 * Of the thread that runs already, nothing but the growth can be bounded, once it is as large as the others. V8
 * promises nothing about its flags: one that it no longer knows changes nothing.
 */
export function boundOwnYoungSpace(): void {
  const observer = new PerformanceObserver(() => {
    const size = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0
    if (size < LARGEST_BYTES) return
    setFlagsFromString('--semi-space-growth-factor=1')
    observer.disconnect()
  })
  observer.observe({ entryTypes: ['gc'] })
}
