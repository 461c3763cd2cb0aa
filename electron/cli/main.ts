/** Entry of the command line. Loads as little as possible: what a command needs is imported when it runs. */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { stateFolderOf } from '../api/host/state-folder.ts'
import { boundOwnYoungSpace } from '../engine/young-space.ts'
import { exitNow } from './process/exit-now.ts'
import { exitOnSignalByDefault } from './process/stop-signals.ts'
import { exitOnBugByDefault } from './process/uncaught-bugs.ts'

exitOnSignalByDefault()
boundOwnYoungSpace()
const stateFolder = stateFolderOf(process.env, process.platform)
// In a folder of the user's own: compiled code in a shared /tmp could be put there by somebody else.
enableCompileCache(join(stateFolder, 'compile-cache'))
exitOnBugByDefault(stateFolder)

void run()

async function run(): Promise<void> {
  const { runCli } = await import('./run-cli.ts')
  const exitCode = await runCli(process.argv.slice(2))
  // Output for a slow reader is flushed first; open handles do not delay the exit.
  const leave = () => exitNow(exitCode)
  if (process.stdout.destroyed || process.stdout.writableLength === 0) leave()
  else process.stdout.end(leave)
}
