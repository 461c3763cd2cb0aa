/** Runs one download to its end, with its progress on the terminal. Ctrl-C stops it so that it can be resumed. */
import { type Outcome, success } from '../../../shared/failure.ts'
import type { Summary } from '../../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import type { DownloadRequest, LiveDownload } from '../../api/real-engine/engine-access.ts'
import { createProgressLine } from '../output/progress-line.ts'
import type { Language } from '../output/sentences.ts'
import { onStopSignal } from '../process/stop-signals.ts'
import type { CommandContext } from './command-context.ts'

/** `snapshot`: the last one. Fails when the download could not begin. */
export async function runDownload(
  { io, openEngine }: Pick<CommandContext, 'io' | 'openEngine'>,
  request: DownloadRequest,
  language: Language,
): Promise<Outcome<{ summary: Summary; snapshot: MetricsSnapshot }>> {
  let live: LiveDownload | undefined
  let isStopWanted = false
  // Registered before anything is opened, so that Ctrl-C never leaves a lock or half a record behind.
  const stopListening = onStopSignal(() => {
    isStopWanted = true
    live?.cancel()
  })
  const progress = await createProgressLine(io, language)
  const engine = await openEngine()
  const started = await engine.start({
    ...request,
    onSnapshot(snapshot) {
      request.onSnapshot(snapshot)
      progress.show(snapshot)
    },
  })
  if (!started.ok) {
    stopListening()
    return started
  }
  live = started.value
  if (isStopWanted) live.cancel()
  const summary = await live.finished
  stopListening()
  progress.end()
  return success({ summary, snapshot: live.snapshot() })
}
