/**
 * What others do: a pool of sixteen workers over the AWS SDK, its own retries, and nothing else; or, with `--plan`, the
 * user's own cures on top (seed report, plans A to D). A process of its own; the server measures it.
 */
import type { lookup as lookupSystem } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises'
import { Agent } from 'node:http'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { GetObjectCommand, HeadObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { createSeedPlan } from './seed-plan.ts'
import { CONNECTIONS } from './weathers.ts'

const { values } = parseArgs({
  options: {
    endpoint: { type: 'string', default: '' },
    bucket: { type: 'string', default: '' },
    destination: { type: 'string', default: '' },
    dns: { type: 'string', default: '' },
    'part-bytes': { type: 'string', default: '0' },
    'hour-seconds': { type: 'string', default: '3600' },
    plan: { type: 'boolean', default: false },
  },
})
const { endpoint, bucket: Bucket, destination } = values
const partBytes = Number(values['part-bytes'])
const dns = new Resolver({ timeout: 5000, tries: 2 })
dns.setServers([values.dns])

/** Of parts that fail, nothing is done. */
let bytesDone = 0
let bytesFetched = 0
setInterval(() => process.stdout.write(`${JSON.stringify({ bytesDone, bytesFetched })}\n`), 500)

/** The plan rebuilds the client; what is under way on the old one goes on. */
const plan = values.plan
  ? createSeedPlan({
      hourSeconds: Number(values['hour-seconds']),
      workers: CONNECTIONS,
      rebuild() {
        retireIdleSockets(agent)
        agent = createAgent()
        client = createClient()
      },
    })
  : undefined
let agent = createAgent()
let client = createClient()

await mkdir(destination, { recursive: true })
const parts = cutIntoParts()
await Promise.all(Array.from({ length: CONNECTIONS }, (_, worker) => work(worker)))
process.exit()

async function work(worker: number): Promise<void> {
  for (let next = await parts.next(); !next.done; next = await parts.next()) {
    const { file, key, start, end, landed } = next.value
    for (let isDone = false; !isDone; ) {
      while (plan && !plan.mayWork(worker)) await sleep(100)
      if (plan) await sleep(plan.delaySeconds() * 1000)
      isDone = await fetchPart(await file, key, start, end)
    }
    await landed()
  }
}

/** False: it has to be asked for again, from its beginning. */
async function fetchPart(file: FileHandle, Key: string, start: number, end: number): Promise<boolean> {
  let at = start
  const receive = async () => {
    const answer = await client.send(new GetObjectCommand({ Bucket, Key, Range: `bytes=${start}-${end - 1}` }))
    for await (const chunk of answer.Body as Readable) {
      await file.write(chunk, 0, chunk.length, at)
      at += chunk.length
      bytesDone += chunk.length
      bytesFetched += chunk.length
    }
    return at === end
  }
  const isDone = await receive().catch(() => false)
  if (!isDone) bytesDone -= at - start
  plan?.record(isDone)
  return isDone
}

function createClient(): S3Client {
  const fresh = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    // Anonymous.
    credentials: { accessKeyId: '', secretAccessKey: '' },
    signer: { sign: async (request) => request },
    requestHandler: new NodeHttpHandler({ httpAgent: agent }),
  })
  plan?.watch(async (Key) => {
    await fresh.send(new HeadObjectCommand({ Bucket, Key }))
  })
  return fresh
}

function createAgent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: CONNECTIONS, lookup: lookupHere as typeof lookupSystem })
}

/** As the plan's `http_session.close()`: idle connections close now, busy ones when they come back. */
function retireIdleSockets(old: Agent): void {
  old.maxFreeSockets = 0
  for (const socket of Object.values(old.freeSockets).flatMap((sockets) => sockets ?? [])) socket.destroy()
}

/** As the system would look up, with the benchmark's own server: no cache, the first of the answers in any order. */
function lookupHere(
  host: string,
  options: { all?: boolean },
  done: (error: Error | null, address?: unknown, family?: number) => void,
): void {
  dns.resolve4(host).then(
    (addresses) => {
      const shuffled = addresses.sort(() => Math.random() - 0.5)
      if (options.all)
        done(
          null,
          shuffled.map((address) => ({ address, family: 4 })),
        )
      else done(null, shuffled[0], 4)
    },
    (error: Error) => done(error),
  )
}

async function* cutIntoParts() {
  for await (const page of paginateListObjectsV2({ client }, { Bucket })) {
    for (const { Key = '', Size = 0 } of page.Contents ?? []) {
      plan?.noteKey(Key)
      const path = join(destination, basename(Key))
      const file = open(`${path}.part`, 'w')
      let missing = Math.ceil(Size / partBytes)
      const landed = async () => {
        if (--missing > 0) return
        await (await file).close()
        await rename(`${path}.part`, path)
      }
      for (let start = 0; start < Size; start += partBytes) {
        yield { file, key: Key, start, end: Math.min(Size, start + partBytes), landed }
      }
    }
  }
}
