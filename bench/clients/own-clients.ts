/** Ours, the naive ones of this folder, and the copy that no download can beat. */
import { join } from 'node:path'
import type { Command } from '../measure.ts'
import { type BenchClient, type ClientJob, CONNECTIONS } from './bench-client.ts'

const root = join(import.meta.dirname, '..', '..')
export const BUILT_PROGRAM = join(root, 'out', 'main', 'cli.cjs')

/** Start of the program alone. */
export const programStart = (program: string): Command => ({ path: process.execPath, args: [program, '--version'] })

export const longhaul = (program: string): BenchClient => ({
  name: 'longhaul',
  command: (job) => ({
    path: process.execPath,
    args: [
      program,
      ...['get', `s3://${job.bucket}/${job.prefix}`, job.destination],
      ...['--endpoint-url', job.serverUrl, '--no-sign-request', '--json', '--threads', String(CONNECTIONS)],
      ...(job.caFile ? ['--ca-file', job.caFile] : []),
    ],
    env: { LONGHAUL_STATE_FOLDER: job.stateFolder },
  }),
})

/** Named after its mode. */
export const verifying = (program: string, mode: string): BenchClient => ({
  name: mode,
  command(job) {
    const command = longhaul(program).command(job)
    return { ...command, args: [...command.args, '--verify', mode] }
  },
})

export const sdk: BenchClient = { name: 'sdk', command: (job) => naive('sdk-client.ts', job) }

export const undici: BenchClient = { name: 'undici', command: (job) => naive('undici-client.ts', job) }

export const bare: BenchClient = {
  name: 'bare',
  isHttpOnly: true,
  command: (job) => naive('bare-client.ts', job),
}

export const copy: BenchClient = {
  name: 'cp',
  command: ({ sourceFolder, destination }) => ({ path: 'cp', args: ['-r', sourceFolder, destination] }),
}

function naive(file: string, { serverUrl, bucket, prefix, destination, caFile }: ClientJob): Command {
  return {
    path: process.execPath,
    args: [join(import.meta.dirname, file), serverUrl, bucket, prefix, destination],
    env: caFile ? { NODE_EXTRA_CA_CERTS: caFile } : {},
  }
}
