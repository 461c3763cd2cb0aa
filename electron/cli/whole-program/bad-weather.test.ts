/** The whole program against the fault server: refusals, broken objects, two runs at once, a hard kill. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FaultServer, startFaultServer } from '../../engine/testing/fault-server/fault-server.ts'
import { createEra5Objects, ERA5_BUCKET, ERA5_PREFIX } from '../../engine/testing/objects/era5-objects.ts'
import { lineCapacity } from '../../engine/testing/weather/line.ts'
import type { Fate } from '../../engine/testing/weather/weather.ts'
import { runProgram, startProgram } from '../testing/run-program.ts'

const OBJECTS = createEra5Objects({ totalBytes: 24e6, objectBytes: 4e6 })
const ADDRESS = `s3://${ERA5_BUCKET}/${ERA5_PREFIX}`

let server: FaultServer
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-weather-'))
  server = await startFaultServer({ buckets: { [ERA5_BUCKET]: OBJECTS }, denied: ['closed-bucket'] })
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const get = (destination: string, ...more: string[]) => [
  'get',
  ADDRESS,
  join(folder, destination),
  '--json',
  '--no-sign-request',
  '--endpoint-url',
  server.endpointUrl,
  ...more,
]

const summaryOf = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '')

async function expectAllBytes(destination: string): Promise<void> {
  for (const object of OBJECTS) {
    const file = await readFile(join(folder, destination, object.key.slice(ERA5_PREFIX.length)))
    expect(file.equals(server.expectedBytes(object))).toBe(true)
  }
}

/** Stands before the server and cuts each connection beyond so many. */
async function startTurnstile(places: number) {
  let open = 0
  let cut = 0
  const turnstile = createServer((socket) => {
    socket.on('error', () => {})
    if (open === places) {
      cut++
      socket.resetAndDestroy()
      return
    }
    open++
    const { port, hostname } = new URL(server.endpointUrl)
    const behind = connect(Number(port), hostname).on('error', () => socket.destroy())
    behind.on('close', () => socket.destroy())
    socket.on('close', () => {
      open--
      behind.destroy()
    })
    socket.pipe(behind).pipe(socket)
  })
  await new Promise<void>((resolve) => turnstile.listen(0, '127.0.0.1', resolve))
  return {
    endpointUrl: `http://127.0.0.1:${(turnstile.address() as AddressInfo).port}`,
    cut: () => cut,
    close: () => turnstile.close(),
  }
}

/** Resolves once the program says so. */
async function untilSaid(program: ReturnType<typeof startProgram>, what: RegExp): Promise<void> {
  let seen = ''
  await new Promise<void>((resolve, reject) => {
    program.child.stdout?.on('data', (chunk) => {
      seen += chunk
      if (what.test(seen)) resolve()
    })
    program.child.on('close', () => reject(new Error(`ended early: ${seen}`)))
  })
}

test('a bucket that refuses us: exit code 3, and its words are quoted', async () => {
  const run = await runProgram(['ls', 's3://closed-bucket', '--no-sign-request', '--endpoint-url', server.endpointUrl])
  expect(run.code).toBe(3)
  expect(run.stderr).toMatch(
    /^longhaul: Access to closed-bucket is denied\. \(HTTP 403, [^\n]*AccessDenied[^\n]*\) A public bucket needs [^\n]+\n$/,
  )
})

test.each<[string, string, Fate]>([
  ['server-error', 'The server failed to answer.', { kind: 'refuse', status: 500, code: 'InternalError' }],
  ['denied', 'Access is denied.', { kind: 'refuse', status: 403, code: 'SignatureDoesNotMatch' }],
  ['reset', 'The connection was cut before the answer was complete.', { kind: 'reset', afterBytes: 0 }],
  ['stalled', 'The server stopped sending.', { kind: 'silence', afterBytes: -1 }],
])('an object that cannot be had (%s) fails by name, the others arrive: exit code 1', async (failure, words, fate) => {
  const broken = OBJECTS[2]?.key ?? ''
  // Long after the others have landed it is still asked for: that the network lives must then be found out otherwise.
  server.setWeather([{ name: 'one object is broken', fate: ({ key }) => (key === broken ? fate : undefined) }])
  const policy = join(folder, 'policy.json')
  const impatience = { maxAttempts: 2, retryBaseSeconds: 0.01, retryCapSeconds: 1, stallSeconds: 0.5 }
  await writeFile(policy, JSON.stringify(impatience))
  const destination = `broken-${failure}`
  const run = await runProgram(get(destination, '--policy', policy))
  expect(run.code).toBe(1)
  expect(summaryOf(run.stdout)).toMatchObject({
    status: 'failed',
    objectsDone: OBJECTS.length - 1,
    objectsFailed: 1,
    failed: [{ key: broken, failure }],
  })
  expect(run.stderr).toContain(`  ${broken}: ${words}`)
  server.setWeather([])
  const again = await runProgram(get(destination))
  expect(again.code).toBe(0)
  await expectAllBytes(destination)
})

test.each([2, 4])('where %i connections are let in, those of the pool leave one to the listing', async (places) => {
  const turnstile = await startTurnstile(places)
  const run = await runProgram([...get(`turnstile-${places}`), '--endpoint-url', turnstile.endpointUrl])
  turnstile.close()
  expect(run.code).toBe(0)
  expect(turnstile.cut()).toBeLessThan(100)
  await expectAllBytes(`turnstile-${places}`)
})

test('a second run into the same folder is refused while the first goes on; the first is not disturbed', async () => {
  server.setWeather([lineCapacity(1e6)])
  const first = startProgram(get('shared'))
  await untilSaid(first, /"bytesDone":[1-9]/)
  const second = await runProgram(get('shared'))
  expect(second.code).toBe(5)
  expect(summaryOf(second.stdout)).toMatchObject({ status: 'failed', failure: { class: 'locked' } })
  expect(second.stderr).toContain('Another run is writing to')
  server.setWeather([])
  expect((await first.ended).code).toBe(0)
  await expectAllBytes('shared')
})

test('after a hard kill the same command ends with every byte in place and not from the beginning', async () => {
  server.setWeather([lineCapacity(4e6)])
  const killed = startProgram(get('killed'))
  // What the last second brought may be lost, an object that has landed may not.
  await untilSaid(killed, /"objectsDone":[1-9]/)
  killed.child.kill('SIGKILL')
  await killed.ended
  server.setWeather([])
  const resumed = await runProgram(get('killed'))
  expect(resumed.code).toBe(0)
  await expectAllBytes('killed')
  // The object that had landed is not asked for again; where a range is handed over, a read may go beyond its end.
  expect(summaryOf(resumed.stdout).bytesFetched).toBeLessThan(22e6)
})
