/**
 * Which start of the machine is this? Bytes that were written but not flushed survive the death of a process and not
 * the death of the machine; the journal must know which of the two happened.
 */
import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'

/** Never equal to another one, itself included: "somebody may have pulled the plug". */
const UNKNOWN_BOOT = 'unknown'

/** Linux: the kernel's own id. Elsewhere `at:<Unix seconds of the start>`, as exactly as the clocks allow. */
export function readBootId(nowMs: number): string {
  try {
    const id = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    if (/^[0-9a-f-]{36}$/.test(id)) return id
  } catch {
    // Not Linux, or no /proc.
  }
  const seconds = nowMs / 1000 - uptime()
  return Number.isFinite(seconds) ? `at:${Math.round(seconds)}` : UNKNOWN_BOOT
}

/** A machine needs longer than this to start again; clocks that drift further apart only cost a re-fetch. */
const TOLERANCE_SECONDS = 4

export function isSameBoot(one: string, other: string): boolean {
  if (one === UNKNOWN_BOOT || other === UNKNOWN_BOOT) return false
  const [first, second] = [startOf(one), startOf(other)]
  if (first === undefined || second === undefined) return one === other
  return Math.abs(first - second) <= TOLERANCE_SECONDS
}

function startOf(bootId: string): number | undefined {
  return /^at:\d+$/.test(bootId) ? Number(bootId.slice(3)) : undefined
}
