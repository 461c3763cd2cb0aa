/** Whether the user allows downloads at this hour. Pure. */
import type { TimeWindow } from '../../../../shared/job-spec.ts'

const DAY_MINUTES = 24 * 60

/** Seconds until the window opens; 0 inside it. `minuteOfDay` is local time. A window may span midnight. */
export function secondsUntilOpen(window: TimeWindow | undefined, minuteOfDay: number): number {
  if (!window || window.fromMinutes === window.toMinutes) return 0
  const { fromMinutes: from, toMinutes: to } = window
  const isOpen = from < to ? minuteOfDay >= from && minuteOfDay < to : minuteOfDay >= from || minuteOfDay < to
  return isOpen ? 0 : ((from - minuteOfDay + DAY_MINUTES) % DAY_MINUTES) * 60
}

export const minuteOfDay = (unixMs: number): number => {
  const date = new Date(unixMs)
  return date.getHours() * 60 + date.getMinutes() + date.getSeconds() / 60
}
