/**
 * The progress line of a terminal; a pipe gets none, nor a terminal that can write
 * no line anew (`TERM=dumb`). Nothing of the terminal is changed for it, such as its
 * cursor: who stops the program with Ctrl-Z or kills it gets the terminal as it was.
 */
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { progressLine } from './human-lines.ts'
import type { Language } from './sentences.ts'
import type { Io } from './terminal-io.ts'

export type ProgressLine = { show(snapshot: MetricsSnapshot): void; end(): void }

/** Where the terminal does not say. */
const USUAL_COLUMNS = 80

export async function createProgressLine(
  { stderr, environment }: Pick<Io, 'stderr' | 'environment'>,
  language: Language,
): Promise<ProgressLine> {
  if (!stderr.isTTY || environment.TERM === 'dumb') return { show: () => {}, end: () => {} }
  const { default: cliProgress } = await import('cli-progress')
  const bar = new cliProgress.SingleBar({
    stream: stderr,
    format: '{line}',
    hideCursor: false,
    clearOnComplete: true,
    autopadding: false,
    linewrap: true,
    fps: 4,
  })
  let isStarted = false
  return {
    show(snapshot) {
      const total = Math.max(1, snapshot.bytesTotal)
      const payload = { line: progressLine(snapshot, stderr.columns ?? USUAL_COLUMNS, language) }
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
