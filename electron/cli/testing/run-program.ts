/** The real program, from its sources, as a child process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type ProgramRun = { code: number; stdout: string; stderr: string }

/**
 * Starts the program from its sources, in an environment that holds nothing of
 * the tester's own. `stdoutFile`: a file that is open, in place of a pipe to us.
 */
export function startProgram(
  args: string[],
  environment: NodeJS.ProcessEnv = {},
  stdoutFile: number | 'pipe' = 'pipe',
): { child: ChildProcess; ended: Promise<ProgramRun> } {
  const main = join(import.meta.dirname, '..', 'main.ts')
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', stdoutFile, 'pipe'],
    env: {
      PATH: process.env.PATH,
      SystemRoot: process.env.SystemRoot,
      LONGHAUL_STATE_FOLDER: join(tmpdir(), 'longhaul-no-such-state'),
      AWS_EC2_METADATA_DISABLED: 'true',
      HOME: join(tmpdir(), 'longhaul-no-such-home'),
      ...environment,
    },
  })
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const ended = new Promise<ProgramRun>((resolve) => {
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? -1 : 0), stdout, stderr }))
  })
  return { child, ended }
}

export const runProgram = (args: string[], environment?: NodeJS.ProcessEnv): Promise<ProgramRun> =>
  startProgram(args, environment).ended
