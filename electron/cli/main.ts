/** Entry of the command line. Starts as little as possible: what a command needs is loaded when it runs. */
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { stateFolderOf } from '../api/state-folder.ts'
import { exitNow } from './exit-now.ts'
import { leaveOnSignalUntilHeard } from './stop-signals.ts'

leaveOnSignalUntilHeard()
// In a folder of the user's own: compiled code in a shared /tmp could be put there by somebody else.
enableCompileCache(join(stateFolderOf(process.env, process.platform), 'compile-cache'))
process.on('uncaughtException', (error) => {
  process.stderr.write(`longhaul: internal error: ${String(error?.message ?? error).split('\n')[0]}\n`)
  exitNow(1)
})

void run()

async function run(): Promise<void> {
  const { runCli } = await import('./run-cli.ts')
  const exitCode = await runCli(process.argv.slice(2))
  // What is still on its way to a slow reader goes out first; handles that linger do not keep us.
  const leave = () => exitNow(exitCode)
  if (process.stdout.destroyed || process.stdout.writableLength === 0) leave()
  else process.stdout.end(leave)
}
