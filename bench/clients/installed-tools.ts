/** Other programs that fetch from S3, measured when they are on the PATH and run. They are never installed. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findOnPath } from '../find-on-path.ts'
import { type AbsentClient, type BenchClient, type ClientJob, CONNECTIONS, PART_BYTES } from './bench-client.ts'

type Tool = {
  name: string
  versionArgs: string[]
  args(job: ClientJob): string[]
  env?(job: ClientJob): Record<string, string>
}

const PART_MIB = PART_BYTES / 1024 ** 2
/** A shim that finds nothing to run answers at once; Python may take a while. */
const PROBE_TIMEOUT_MS = 20_000

const TOOLS: Tool[] = [
  {
    name: 'aws',
    versionArgs: ['--version'],
    args: ({ bucket, prefix, destination, serverUrl, caFile }) => [
      ...['s3', 'cp', '--recursive', `s3://${bucket}/${prefix}`, destination],
      ...['--endpoint-url', serverUrl, '--no-sign-request', '--only-show-errors'],
      ...(caFile ? ['--ca-bundle', caFile] : []),
    ],
    env(job) {
      const config = join(job.scratchFolder, 'aws-config')
      const settings = [
        ['max_concurrent_requests', CONNECTIONS],
        ['multipart_threshold', `${PART_MIB}MB`],
        ['multipart_chunksize', `${PART_MIB}MB`],
        ['addressing_style', 'path'],
      ].map(([name, value]) => `  ${name} = ${value}`)
      writeFileSync(config, `[default]\nregion = us-east-1\ns3 =\n${settings.join('\n')}\n`)
      return { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: config, AWS_EC2_METADATA_DISABLED: 'true' }
    },
  },
  {
    name: 's5cmd',
    versionArgs: ['version'],
    args: ({ bucket, prefix, destination, serverUrl }) => [
      ...['--endpoint-url', serverUrl, '--no-sign-request', '--log', 'error', '--numworkers', String(CONNECTIONS)],
      ...['cp', '--part-size', String(PART_MIB), '--concurrency', '2', `s3://${bucket}/${prefix}*`, `${destination}/`],
    ],
    env: ({ caFile }) => ({ AWS_REGION: 'us-east-1', ...(caFile ? { AWS_CA_BUNDLE: caFile } : {}) }),
  },
  {
    name: 'rclone',
    versionArgs: ['version'],
    args: ({ bucket, prefix, destination, serverUrl, caFile }) => [
      ...['copy', `:s3:${bucket}/${prefix}`, destination, '--config', '', '--s3-provider', 'Other'],
      ...['--s3-endpoint', serverUrl, '--s3-force-path-style', '--s3-list-version', '2', '--s3-no-check-bucket'],
      // Older ones, such as Debian's, know no --multi-thread-chunk-size.
      ...['--transfers', String(CONNECTIONS), '--multi-thread-streams', '2', '--multi-thread-cutoff', `${PART_MIB}Mi`],
      ...(caFile ? ['--ca-cert', caFile] : []),
    ],
  },
  {
    name: 'aria2c',
    versionArgs: ['--version'],
    args({ serverUrl, bucket, keys, destination, scratchFolder, caFile }) {
      // It cannot list, so it is given the keys.
      const list = join(scratchFolder, 'addresses')
      writeFileSync(list, keys.map((key) => `${serverUrl}/${bucket}/${key}\n`).join(''))
      return [
        ...['--no-conf', '--quiet', '--file-allocation=none', '--input-file', list, '--dir', destination],
        ...['--max-concurrent-downloads', String(CONNECTIONS), '--split', '2', `--min-split-size=${PART_MIB}M`],
        ...['--max-connection-per-server', '2', ...(caFile ? ['--ca-certificate', caFile] : [])],
      ]
    },
  },
]

export function findInstalledTools(): { present: BenchClient[]; absent: AbsentClient[] } {
  const present: BenchClient[] = []
  const absent: AbsentClient[] = []
  for (const tool of TOOLS) {
    const path = findOnPath(tool.name)
    if (!path) absent.push({ name: tool.name, reason: 'not on PATH' })
    else if (!runs(path, tool)) absent.push({ name: tool.name, reason: 'on PATH, but does not run' })
    else {
      const command = (job: ClientJob) => ({ path, args: tool.args(job), env: tool.env?.(job) ?? {} })
      present.push({ name: tool.name, command })
    }
  }
  return { present, absent }
}

const runs = (path: string, { versionArgs }: Tool): boolean =>
  spawnSync(path, versionArgs, { stdio: 'ignore', timeout: PROBE_TIMEOUT_MS }).status === 0
