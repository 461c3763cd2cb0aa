/**
 * The progress line of a terminal; a pipe gets none, nor does a terminal that cannot rewrite a line (`TERM=dumb`). It
 * changes no setting of the terminal, such as its cursor, so that Ctrl-Z or a kill leaves the terminal as it was.
 */
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { progressLine } from './human-lines.ts'
import type { Language } from './sentences.ts'
import type { Io } from './terminal-io.ts'

export type ProgressLine = { show(snapshot: MetricsSnapshot): void; end(): void }

/** Width of a terminal that does not report one. */
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
