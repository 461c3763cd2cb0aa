/** This machine: disk, memory, processor. Pure. */
import type { Outcome } from '../../../../shared/failure.ts'
import { type Judged, judged, judgedUnknown, judgeFailure, judgeRising } from './judged.ts'

export type DiskProbe = { bytes: number; seconds: number; flushMs: number[] }

/** A hard disk writes 100 MB/s and more sequentially; a slow network drive or a worn memory card does not. */
const DISK_SPEED = { notice: 30e6, bad: 5e6 }

/** `lineBytesPerSecond`: the best speed the line was seen to carry, 0 when none was measured. */
export function judgeDiskSpeed(probe: Outcome<DiskProbe>, lineBytesPerSecond: number): Judged {
  const threshold = { notice: DISK_SPEED.notice, bad: DISK_SPEED.bad }
  if (!probe.ok) return judgeFailure(probe.failure, threshold)
  const { bytes, seconds } = probe.value
  if (seconds <= 0) return judgedUnknown('cannot-tell', threshold)
  const speed = bytes / seconds
  const evidence = { bytes, seconds: Number(seconds.toFixed(3)) }
  const say = (verdict: Judged['verdict'], cause: Judged['cause'], more = {}) =>
    judged(verdict, cause, speed, { threshold, evidence: { ...evidence, ...more } })
  if (speed < DISK_SPEED.bad) return say('bad', 'disk-very-slow')
  if (speed < lineBytesPerSecond)
    return say('notice', 'disk-slower-than-line', { lineBytesPerSecond: Math.round(lineBytesPerSecond) })
  return speed < DISK_SPEED.notice ? say('notice', 'disk-slow') : say('ok', 'disk-fast')
}

/** One small write with its flush: an SSD needs 1-5 ms, a hard disk 10-30. "磁盘I/O高" of the seed's table. */
const FLUSH_MS = { notice: 100, bad: 1000 }

export function judgeDiskLatency(probe: Outcome<DiskProbe>): Judged {
  if (!probe.ok) return judgeFailure(probe.failure, FLUSH_MS)
  const sorted = [...probe.value.flushMs].sort((one, other) => one - other)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) return judgedUnknown('cannot-tell', FLUSH_MS)
  const evidence = { writes: sorted.length, slowestMs: Number((sorted.at(-1) ?? 0).toFixed(1)) }
  return judgeRising(middle, FLUSH_MS, ['disk-fast', 'disk-busy', 'disk-very-busy'], evidence)
}

const SPACE_BYTES = { notice: 20e9, bad: 1e9 }

/** `listedBytes`: of the first page of the listing; part of it may be on the disk already. */
export function judgeFreeSpace(space: Outcome<{ freeBytes: number; totalBytes: number }>, listedBytes: number): Judged {
  if (!space.ok) return judgeFailure(space.failure, SPACE_BYTES)
  const { freeBytes, totalBytes } = space.value
  const evidence = { totalBytes, ...(listedBytes > 0 ? { listedBytes } : {}) }
  const say = (verdict: Judged['verdict'], cause: Judged['cause']) =>
    judged(verdict, cause, freeBytes, { threshold: SPACE_BYTES, evidence })
  if (freeBytes < SPACE_BYTES.bad) return say('bad', 'space-gone')
  if (freeBytes < listedBytes) return say('notice', 'space-below-listed')
  return freeBytes < SPACE_BYTES.notice ? say('notice', 'space-short') : say('ok', 'space-enough')
}

/** DESIGN 8.1: 150 MB more than idle, and 400 MB with a listing of a million keys; the desktop's own share on top. */
const MEMORY_BYTES = { notice: 700e6, bad: 1.5e9 }

/** Of this program, or of the one beside it that downloads and takes more. */
export const judgeMemory = (memory: {
  rssBytes: number
  freeBytes: number
  totalBytes: number
  program?: string | undefined
}): Judged =>
  judgeRising(memory.rssBytes, MEMORY_BYTES, ['memory-normal', 'memory-high', 'memory-very-high'], {
    systemFreeBytes: memory.freeBytes,
    systemTotalBytes: memory.totalBytes,
    ...(memory.program ? { program: memory.program } : {}),
  })

const SLOPE_BYTES_PER_HOUR = { notice: 50e6, bad: 200e6 }
/** Garbage collection moves memory by more than a leak does in a few minutes. */
const SLOPE_LEAST_SECONDS = 1200
const SLOPE_LEAST_SAMPLES = 3

/** Resident memory of one run over time; the median of the slopes between all pairs (Theil-Sen) tolerates outliers. */
export function judgeMemorySlope(samples: readonly { seconds: number; rssBytes: number }[]): Judged {
  const span = (samples.at(-1)?.seconds ?? 0) - (samples[0]?.seconds ?? 0)
  const evidence = { samples: samples.length, overSeconds: Math.round(span) }
  if (samples.length < SLOPE_LEAST_SAMPLES || span < SLOPE_LEAST_SECONDS) {
    return judged('unknown', 'memory-too-early', null, { threshold: SLOPE_BYTES_PER_HOUR, evidence })
  }
  const slopes = samples
    .flatMap((one, index) => samples.slice(index + 1).map((other) => slopeOf(one, other)))
    .sort((one, other) => one - other)
  const perHour = (slopes[Math.floor(slopes.length / 2)] ?? 0) * 3600
  const causes = ['memory-flat', 'memory-grows', 'memory-leaks'] as const
  return judgeRising(perHour, SLOPE_BYTES_PER_HOUR, [...causes], evidence)
}

type MemorySample = { seconds: number; rssBytes: number }
const slopeOf = (one: MemorySample, other: MemorySample): number =>
  (other.rssBytes - one.rssBytes) / Math.max(1, other.seconds - one.seconds)

const CPU_RATIO = { notice: 0.85, bad: 0.97 }

/** Shares of all processors together, from 0 to 1. */
export function judgeCpu(cpu: { busyRatio: number; ownRatio: number; processors: number } | undefined): Judged {
  if (!cpu) return judgedUnknown('cannot-tell', CPU_RATIO)
  return judgeRising(cpu.busyRatio, CPU_RATIO, ['cpu-free', 'cpu-busy', 'cpu-full'], {
    ownRatio: cpu.ownRatio,
    processors: cpu.processors,
  })
}

/** 200 ms is where `govern/explain/explain-limit.ts` calls the processor the limit. */
const LOOP_LAG_MS = { notice: 200, bad: 1000 }

export const judgeLoopLag = (lagMs: number): Judged =>
  judgeRising(lagMs, LOOP_LAG_MS, ['loop-free', 'loop-late', 'loop-blocked'])
