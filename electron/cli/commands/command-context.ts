/** What every command gets from `run-cli.ts`. */
import type { Failure } from '../../../shared/failure.ts'
import type { Settings } from '../../../shared/settings.ts'
import type { EngineAccess } from '../../api/real-engine/engine-access.ts'
import type { FlagValues } from '../arguments/collect-flags.ts'
import type { ParseContext } from '../arguments/parse-get-options.ts'
import { earlyFailureLine } from '../output/json-lines.ts'
import { adviceFor, type Language, sentenceFor } from '../output/sentences.ts'
import type { Io, Output } from '../output/terminal-io.ts'
import { exitCodeOfFailure } from '../process/exit-code.ts'

export type CommandContext = {
  io: Io
  output: Output
  flags: FlagValues
  settings: Settings
  parse: ParseContext
  language: Language
  stateFolder: string
  /** Imported on first use, for it loads the AWS SDK. */
  openEngine(): Promise<EngineAccess>
}

/** Reports why the command failed, as JSON or as text; returns the exit code. */
export function reportFailure(
  failure: Failure,
  { output, flags, language }: Pick<CommandContext, 'output' | 'flags' | 'language'>,
): number {
  const sentence = sentenceFor(failure, language)
  output.say(`longhaul: ${sentence}${adviceFor(failure, language)}`)
  if (flags.has('json')) output.json(earlyFailureLine(failure, sentence))
  return exitCodeOfFailure(failure)
}
