/**
 * Keeps a download inside its daily time window: outside it rests, as when paused, and is shown as waiting.
 * A pause by the user stays one, whatever the clock says.
 */
import type { TimeWindow } from '../../shared/job-spec.ts'
import type { MetricsSnapshot } from '../../shared/metrics-snapshot.ts'
import type { Clock } from '../engine/engine-ports.ts'
import type { LiveDownload } from './engine-access.ts'

const DAY_MINUTES = 24 * 60
const LOOK_EVERY_MS = 1000

/** 0 = it is open. `minutes` since local midnight, fractions allowed. Pure. */
export function secondsUntilOpen({ fromMinutes, toMinutes }: TimeWindow, minutes: number): number {
  const isOpen =
    fromMinutes < toMinutes
      ? minutes >= fromMinutes && minutes < toMinutes
      : minutes >= fromMinutes || minutes < toMinutes
  return isOpen ? 0 : ((fromMinutes - minutes + DAY_MINUTES) % DAY_MINUTES) * 60
}

export type TimeWindowKeeper = {
  /** The same download; its pause and resume know the window. */
  download: LiveDownload
  /** A snapshot as the user should see it. */
  show(snapshot: MetricsSnapshot): MetricsSnapshot
}

export function keepTimeWindow(download: LiveDownload, window: TimeWindow, clock: Clock): TimeWindowKeeper {
  let isPausedByUser = false
  let isResting = false
  let hasEnded = false
  let cancelTimer = () => {}

  const wait = () => secondsUntilOpen(window, localMinutes(clock.now()))
  function look(): void {
    const mustRest = wait() > 0
    if (mustRest !== isResting) {
      isResting = mustRest
      if (!isPausedByUser && isResting) download.pause()
      if (!isPausedByUser && !isResting) download.resume()
    }
    if (!hasEnded) cancelTimer = clock.after(LOOK_EVERY_MS, look)
  }
  look()
  const show = (snapshot: MetricsSnapshot): MetricsSnapshot =>
    isResting && !isPausedByUser && snapshot.phase === 'paused'
      ? { ...snapshot, phase: 'waiting', waitSeconds: wait() }
      : snapshot

  return {
    show,
    download: {
      ...download,
      finished: download.finished.finally(() => {
        hasEnded = true
        cancelTimer()
      }),
      snapshot: () => show(download.snapshot()),
      pause() {
        isPausedByUser = true
        download.pause()
      },
      resume() {
        isPausedByUser = false
        if (!isResting) download.resume()
      },
    },
  }
}

function localMinutes(now: number): number {
  const date = new Date(now)
  return date.getHours() * 60 + date.getMinutes() + date.getSeconds() / 60
}
