/** The DNS server, asked by c-ares through node:dns. */
import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type DnsBehaviour, type FakeDnsServer, startFakeDnsServer } from './fake-dns-server.ts'

const ADDRESSES = ['192.0.2.1', '192.0.2.2', '2001:db8::7']

let dns: FakeDnsServer
/** Waits for an answer however busy the machine is. */
let resolver: Resolver
/** For questions that nobody answers. */
let impatient: Resolver
beforeEach(async () => {
  dns = await startFakeDnsServer({ addresses: ADDRESSES, ttlSeconds: 7 })
  resolver = new Resolver({ timeout: 60_000, tries: 1 })
  impatient = new Resolver({ timeout: 300, tries: 1 })
  for (const each of [resolver, impatient]) each.setServers([dns.server])
})
afterEach(() => dns.close())

const codeOf = (question: Promise<unknown>) =>
  question.then(
    () => 'none',
    (error: NodeJS.ErrnoException) => error.code,
  )

it('tells addresses of both families with their time to live', async () => {
  expect(await resolver.resolve4('s3.example', { ttl: true })).toEqual([
    { address: '192.0.2.1', ttl: 7 },
    { address: '192.0.2.2', ttl: 7 },
  ])
  expect(await resolver.resolve6('s3.example', { ttl: true })).toEqual([{ address: '2001:db8::7', ttl: 7 }])
  expect(dns.questions()).toBe(2)
})

it('tells other addresses for other names', async () => {
  dns.behave({ addresses: [], hosts: { 'one.example': ['192.0.2.11'] } })
  expect(await resolver.resolve4('ONE.example')).toEqual(['192.0.2.11'])
  expect(await codeOf(resolver.resolve4('two.example'))).toBe('ENODATA')
  expect(dns.names()).toEqual(['one.example', 'two.example'])
})

const rows: [string, Partial<DnsBehaviour>, string][] = [
  ['knows no such name', { unknown: true }, 'ENOTFOUND'],
  ['fails', { broken: true }, 'ESERVFAIL'],
  ['has no address', { addresses: [] }, 'ENODATA'],
  ['has IPv6 addresses only', { addresses: ['2001:db8::7'] }, 'ENODATA'],
  ['is dead', { dead: true }, 'ETIMEOUT'],
  ['is later than anybody waits', { delayMs: 2000 }, 'ETIMEOUT'],
  ['answers another transaction', { forged: true }, 'ETIMEOUT'],
]
it.each(rows)('%s', async (_, behaviour, code) => {
  dns.behave({ addresses: ADDRESSES, ...behaviour })
  const asking = code === 'ETIMEOUT' ? impatient : resolver
  expect(await codeOf(asking.resolve4('s3.example'))).toBe(code)
})

it('talks nonsense: no address comes of it', async () => {
  dns.behave({ addresses: ADDRESSES, garbage: true })
  expect(['ETIMEOUT', 'EBADRESP']).toContain(await codeOf(impatient.resolve4('s3.example')))
})

it('dies and comes back', async () => {
  dns.behave({ addresses: ADDRESSES, dead: true })
  expect(await codeOf(impatient.resolve4('s3.example'))).toBe('ETIMEOUT')
  dns.behave({ addresses: ['192.0.2.9'] })
  expect(await resolver.resolve4('s3.example')).toEqual(['192.0.2.9'])
})

it('sends who asks over UDP to TCP', async () => {
  dns.behave({ addresses: ADDRESSES, truncated: true })
  expect(await resolver.resolve4('s3.example')).toEqual(['192.0.2.1', '192.0.2.2'])
  expect(dns.questionsOverTcp()).toBe(1)
})

it.each([[''], ['short'], ['a name that never ends \x3f'], ['\xff'.repeat(40)]])('survives %j', async (nonsense) => {
  const socket = createSocket('udp4')
  const [address, port] = dns.server.split(':')
  await new Promise((resolve) => socket.send(Buffer.from(nonsense, 'latin1'), Number(port), address, resolve))
  socket.close()
  expect(await resolver.resolve4('s3.example')).toHaveLength(2)
})
