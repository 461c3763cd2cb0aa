import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FaultServer, startFaultServer } from '../../engine/testing/fault-server/fault-server.ts'
import type { StoredObject } from '../../engine/testing/objects/stored-objects.ts'
import { type SocksServer, startSocksServer } from '../../engine/testing/servers/socks-server.ts'
import { runProgram } from '../testing/run-program.ts'

const BUCKET = 'behind-socks'
const OBJECT: StoredObject = { key: 'a.nc', size: 3_000_000, upload: 'whole' }

let folder: string
let socks: SocksServer
let server: FaultServer | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-socks-'))
  socks = await startSocksServer({ login: 'me:hushhush' })
})
afterEach(async () => {
  await socks.close()
  await server?.close()
  await rm(folder, { recursive: true })
})

test.each([
  // Nobody but the proxy knows where that host is.
  ['of HTTP, whose host it looks up', undefined, (port: string) => `http://s3.only-there.test:${port}`],
  ['of TLS', 'self-signed' as const, (port: string) => `https://127.0.0.1:${port}`],
])('both planes go through a SOCKS5 proxy to a server %s', async (_, tls, endpointOf) => {
  server = await startFaultServer({ buckets: { [BUCKET]: [OBJECT] }, ...(tls ? { tls } : {}) })
  const authority = join(folder, 'ca.pem')
  await writeFile(authority, server.ca ?? '')
  const endpoint = endpointOf(new URL(server.endpointUrl).port)
  const run = await runProgram([
    ...['get', `s3://${BUCKET}/`, join(folder, 'here'), '--no-sign-request', '--path-style', '--region', 'us-east-1'],
    ...['--endpoint-url', endpoint, '--proxy', `socks5://me:hushhush@127.0.0.1:${socks.port}`],
    ...(tls ? ['--ca-file', authority] : []),
  ])
  expect(run.code, run.stderr).toBe(0)
  expect((await readFile(join(folder, 'here', OBJECT.key))).equals(server.expectedBytes(OBJECT))).toBe(true)
  expect([...new Set(socks.asked)]).toEqual([new URL(endpoint).host])
  expect(socks.asked.length).toBeGreaterThan(1)
})
