/** s3rver, an S3 server that is not ours, with a few ERA5-like objects; and the real program as a child process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
// @ts-expect-error it brings no types
import S3rver from 's3rver'

export const PREFIX = 'e5.oper.an.pl/202510/'
export const BUCKET = 'era5-public'

export type IndependentServer = {
  url: string
  /** Bodies by their name below the prefix. */
  objects: Map<string, Buffer>
  close(): Promise<void>
}

export async function startIndependentServer(options: {
  objects: number
  bytesEach: number
}): Promise<IndependentServer> {
  const folder = await mkdtemp(join(tmpdir(), 'longhaul-s3rver-'))
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: folder,
    configureBuckets: [{ name: BUCKET }],
  })
  const { port } = (await server.run()) as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }
  const s3 = new S3Client({ endpoint: url, forcePathStyle: true, region: 'us-east-1', credentials })
  const objects = new Map<string, Buffer>()
  for (let index = 0; index < options.objects; index++) {
    const day = String(index + 1).padStart(2, '0')
    const name = `e5.oper.an.pl.128_130_t.ll025sc.202510${day}00_202510${day}23.nc`
    const body = createHash('shake256', { outputLength: options.bytesEach + index })
      .update(name)
      .digest()
    objects.set(name, body)
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: PREFIX + name, Body: body }))
  }
  s3.destroy()
  return {
    url,
    objects,
    async close() {
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

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
