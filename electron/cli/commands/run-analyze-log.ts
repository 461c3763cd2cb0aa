/** `longhaul analyze-log FILE`: what the errors of a log have in common, and what to do about it. */
import { resolve } from 'node:path'
import { writeLogAnalysis } from '../../../shared/describe-log-analysis.ts'
import type { Failure } from '../../../shared/failure.ts'
import { analyseFile } from '../../engine/analyse/analyse-file.ts'
import { refuseValue } from '../arguments/usage-error.ts'
import { EXIT } from '../process/exit-code.ts'
import { onStopSignal } from '../process/stop-signals.ts'
import { type CommandContext, reportFailure } from './command-context.ts'

export async function runAnalyzeLog(file: string, context: CommandContext): Promise<number> {
  const { io, output, flags, language } = context
  const stop = new AbortController()
  const stopListening = onStopSignal(() => stop.abort())
  const analysed = await analyseFile(resolve(io.workingFolder, file), stop.signal)
  stopListening()
  if (!analysed.ok) return refuse(file, analysed.failure, context)
  if (flags.has('json')) output.json({ type: 'analysis', ...analysed.value })
  else await output.line(writeLogAnalysis(analysed.value, language))
  return EXIT.complete
}

/** A wrong name is the user's mistake (2), a file that cannot be read the disk's (5). */
function refuse(file: string, failure: Failure, context: CommandContext): number {
  if (failure.code === 'ENOENT' || failure.code === 'ENOTDIR') refuseValue('FILE', file, 'is not there')
  if (failure.code === 'not-a-file' || failure.code === 'EISDIR') refuseValue('FILE', file, 'is not a file')
  if (failure.class === 'cancelled') return reportFailure(failure, context)
  // "Not writable" is not what is wrong with a file we may not read.
  return reportFailure({ ...failure, class: 'disk' }, context)
}
