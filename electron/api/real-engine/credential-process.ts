/**
 * Credentials from the `credential_process` of a profile. The SDK can run it too, but does so twice, without a timeout,
 * and does not say why it failed. https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
import { type ChildProcess, type ExecException, exec } from 'node:child_process'
import { z } from 'zod'
import type { Credentials } from '../../engine/list/bucket-client.ts'
import { redact } from '../reports/report-bundle-redact.ts'
import { endProcessTree, endProcessTreeNow } from './end-process-tree.ts'

export type CredentialProcess = { profile: string; command: string }
type Options = {
  environment: NodeJS.ProcessEnv
  /** Unix milliseconds. */
  now: () => number
  limitMs?: number
}

/**
 * The AWS CLI has no timeout, but a user in front of it. A login in a browser takes
 * half a minute; a prompt would wait for ever, for nobody can type here.
 */
const LIMIT_MS = 60_000
const answerSchema = z.object({
  Version: z.literal(1),
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  SessionToken: z.string().optional(),
  Expiration: z
    .string()
    .refine((text) => !Number.isNaN(Date.parse(text)))
    .optional(),
})

/** Throws what the SDK would, with the reason. */
export async function runCredentialProcess(
  { profile, command }: CredentialProcess,
  options: Options,
): Promise<Credentials> {
  const { environment, now, limitMs = LIMIT_MS } = options
  const refuse = (why: string) =>
    // The name by which the SDK calls such an error.
    Object.assign(new Error(`credential_process of ${profile}: ${why}`), { name: 'CredentialsProviderError' })
  const { error, isLate, stdout, stderr } = await run(command, environment, limitMs)
  if (isLate) throw refuse(`no answer in ${limitMs / 1000} s`)
  if (error) throw refuse(reasonIn(stderr) || `it ended with ${error.code ?? error.signal}`)
  const answer = answerSchema.safeParse(parseJson(stdout))
  if (!answer.success) throw refuse('its answer is none of version 1')
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.data
  const expiresAt = Expiration === undefined ? undefined : Date.parse(Expiration)
  if (expiresAt !== undefined && expiresAt <= now()) throw refuse(`its keys have expired at ${Expiration}`)
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken ? { sessionToken: SessionToken } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
}

/** Ended with this process, which is the only one to read their output. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const { pid } of running) if (pid !== undefined) endProcessTreeNow(pid)
})

type Ended = { error: ExecException | null; stdout: string; stderr: string; isLate: boolean }

/** Runs the command in a shell; at the time limit ends it with its children, which would survive the shell. */
const run = (command: string, env: NodeJS.ProcessEnv, limitMs: number): Promise<Ended> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve({ error: null, stdout: '', stderr: '', isLate: true })
      if (child.pid !== undefined) void endProcessTree(child.pid)
      // Children that were not found keep these pipes open, and open pipes would keep this process alive.
      child.stdout?.destroy()
      child.stderr?.destroy()
    }, limitMs)
    const child = exec(command, { env, windowsHide: true }, (error, stdout, stderr) => {
      clearTimeout(timer)
      running.delete(child)
      resolve({ error, stdout, stderr, isLate: false })
    })
    running.add(child)
  })

/** The first line; the last one of a Python traceback, which has the reason. */
function reasonIn(stderr: string): string {
  const lines = stderr.split(/\r?\n/).filter((line) => line.trim() !== '')
  const line = (lines[0]?.startsWith('Traceback') ? lines.at(-1) : lines[0]) ?? ''
  return redact(line.trim().slice(0, 200), { secrets: [], homeFolder: '', userName: '' })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
