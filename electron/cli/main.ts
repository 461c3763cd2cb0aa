/** Entry of the command line. Starts as little as possible: what a command needs is loaded when it runs. */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { stateFolderOf } from '../api/host/state-folder.ts'
import { boundOwnYoungSpace } from '../engine/young-space.ts'
import { exitNow } from './process/exit-now.ts'
import { leaveOnSignalUntilHeard } from './process/stop-signals.ts'
import { leaveOnBugUntilHeard } from './process/uncaught-bugs.ts'

leaveOnSignalUntilHeard()
boundOwnYoungSpace()
const stateFolder = stateFolderOf(process.env, process.platform)
// In a folder of the user's own: compiled code in a shared /tmp could be put there by somebody else.
enableCompileCache(join(stateFolder, 'compile-cache'))
leaveOnBugUntilHeard(stateFolder)

void run()

async function run(): Promise<void> {
  const { runCli } = await import('./run-cli.ts')
  const exitCode = await runCli(process.argv.slice(2))
  // What is still on its way to a slow reader goes out first; handles that linger do not keep us.
  const leave = () => exitNow(exitCode)
  if (process.stdout.destroyed || process.stdout.writableLength === 0) leave()
  else process.stdout.end(leave)
}
