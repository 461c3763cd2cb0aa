/** The progress line of a terminal; a pipe gets none. */
import type { MetricsSnapshot } from '../../shared/metrics-snapshot.ts'
import { progressText } from './human-lines.ts'
import type { Io } from './terminal-io.ts'

export type ProgressLine = { show(snapshot: MetricsSnapshot): void; end(): void }

export async function createProgressLine({ stderr }: Pick<Io, 'stderr'>): Promise<ProgressLine> {
  if (!stderr.isTTY) return { show: () => {}, end: () => {} }
  const { default: cliProgress } = await import('cli-progress')
  const bar = new cliProgress.SingleBar({
    stream: stderr,
    format: '{bar} {share} % | {text}',
    barsize: 24,
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    hideCursor: true,
    clearOnComplete: true,
    autopadding: false,
    linewrap: false,
    fps: 4,
  })
  let isStarted = false
  return {
    show(snapshot) {
      const total = Math.max(1, snapshot.bytesTotal)
      const share = Math.floor((100 * snapshot.bytesDone) / total)
      const payload = { text: progressText(snapshot), share: String(share).padStart(3) }
      if (!isStarted) bar.start(total, snapshot.bytesDone, payload)
      isStarted = true
      bar.setTotal(total)
      bar.update(snapshot.bytesDone, payload)
    },
    end() {
      if (isStarted) bar.stop()
    },
  }
}
