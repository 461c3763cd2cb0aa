/** Runs one command and measures it: wall time, processor time of all it started, peak memory. */
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { watchPeakMemory } from './process-memory.ts'

export type Command = {
  path: string
  args: string[]
  env?: Record<string, string>
  workingFolder?: string
  /** What takes longer hangs. */
  timeoutMs?: number
}

export type Measurement = {
  wallSeconds: number
  /** User and system time of the process and all its children; undefined where there is no bash. */
  cpuSeconds: number | undefined
  /** Undefined where there is no /proc. */
  peakBytes: number | undefined
  exitCode: number
  stdout: string
  /** Its end. */
  stderr: string
}

/** No client is that slow. */
const TIMEOUT_MS = 300_000
const STDERR_CHARACTERS = 1000

/**
 * bash's `time` counts a command's children as the kernel does when it reaps them, which Node cannot. The command
 * keeps its own stderr (4); what `time` says goes to 3.
 */
const TIMED = `TIMEFORMAT='%R %U %S'; exec 4>&2; { time "$@" 2>&4 3>&- 4>&-; } 2>&3`

/** Variables that would change what a client does: accounts, proxies, authorities, Node's and npm's own. */
const UNWANTED = /^(AWS_|RCLONE_|S5CMD_|LONGHAUL_|NODE_|npm_|SSL_CERT_|CURL_CA_|REQUESTS_CA_)|^(https?|all|no)_proxy$/i

/** `folder` takes the output. Aborting ends the command with everything it started. */
export async function measure(command: Command, folder: string, signal: AbortSignal): Promise<Measurement> {
  signal.throwIfAborted()
  const out = join(folder, 'stdout')
  const err = join(folder, 'stderr')
  const outputs = [openSync(out, 'w'), openSync(err, 'w')] as const
  const hasBash = process.platform !== 'win32'
  const [path, args] = hasBash
    ? ['bash', ['-c', TIMED, 'bash', command.path, ...command.args]]
    : [command.path, command.args]
  const startedAt = performance.now()
  const child = spawn(path, args, {
    cwd: command.workingFolder ?? folder,
    env: { ...cleanEnvironment(process.env), ...command.env },
    stdio: ['ignore', ...outputs, hasBash ? 'pipe' : 'ignore'],
    // A group of its own, so that ending it ends its children.
    detached: hasBash,
  })
  for (const output of outputs) closeSync(output)
  const end = () => {
    if (child.pid === undefined || child.exitCode !== null) return
    if (hasBash) killGroup(child.pid)
    else child.kill()
  }
  const timeout = setTimeout(end, command.timeoutMs ?? TIMEOUT_MS)
  signal.addEventListener('abort', end, { once: true })
  const memory = child.pid === undefined ? undefined : watchPeakMemory(child.pid, hasBash)
  let times = ''
  child.stdio[3]?.on('data', (text: Buffer) => {
    times += text.toString()
  })
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? -1))
  }).finally(() => {
    clearTimeout(timeout)
    signal.removeEventListener('abort', end)
    memory?.stop()
  })
  signal.throwIfAborted()
  const measured = readTimes(times)
  return {
    wallSeconds: measured?.wallSeconds ?? (performance.now() - startedAt) / 1000,
    cpuSeconds: measured?.cpuSeconds,
    peakBytes: memory?.peakBytes(),
    exitCode,
    stdout: readFileSync(out, 'utf8'),
    stderr: readFileSync(err, 'utf8').slice(-STDERR_CHARACTERS),
  }
}

export function readTimes(text: string): { wallSeconds: number; cpuSeconds: number } | undefined {
  // A locale may write a decimal comma.
  const match = /^(\d+[.,]\d+) (\d+[.,]\d+) (\d+[.,]\d+)$/m.exec(text)
  const [wall, user, system] = (match?.slice(1) ?? []).map((number) => Number(number.replace(',', '.')))
  if (wall === undefined || user === undefined || system === undefined) return undefined
  return { wallSeconds: wall, cpuSeconds: user + system }
}

function cleanEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !UNWANTED.test(name)))
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // It has just ended.
  }
}
