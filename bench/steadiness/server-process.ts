/** One server in its weather, and the DNS server that leads to it, in a process of their own. Ends with its parent. */

import { startFaultServer } from '../../electron/engine/testing/fault-server/fault-server.ts'
import { startFakeDnsServer } from '../../electron/engine/testing/servers/fake-dns-server.ts'
import { SAMPLE_MS, type Sample, type ServerMessage, type ServerOrder, type ServerTold } from './server-protocol.ts'
import { inHours, WEATHERS, weatherOf } from './weathers.ts'

process.once('disconnect', () => process.exit())
process.once('message', (order) => void serve(order as ServerOrder))

async function serve({ weather: name, hourSeconds, bucket, objects, seed }: ServerOrder): Promise<void> {
  const known = WEATHERS.find((candidate) => candidate.name === name)
  if (!known) throw new Error(`no weather is called ${name}`)
  const row = inHours(known, hourSeconds)
  const addresses = Array.from({ length: row.addresses }, (_, index) => `127.0.0.${index + 1}`)
  const server = await startFaultServer({ buckets: { [bucket]: objects }, addresses, seed })
  // As short as a record of S3's; a compressed hour would never see a longer one expire.
  const answer = { addresses, ttlSeconds: 1 }
  const dns = await startFakeDnsServer(answer)
  const samples: Sample[] = []
  let startedAt = 0

  const sample = () => {
    const { bytesSent, gets, refused } = server.counters
    const seconds = (performance.now() - startedAt) / 1000
    if (row.dnsDead) {
      const [from, until] = row.dnsDead
      const dead = seconds / hourSeconds >= from && seconds / hourSeconds < until
      dns.behave({ ...answer, dead })
    }
    samples.push({ seconds, bytes: bytesSent, answered: gets, refused })
  }
  process.on('message', async (message: ServerMessage) => {
    if (message === 'go') {
      startedAt = performance.now()
      server.setWeather(weatherOf(row, hourSeconds))
      setInterval(sample, SAMPLE_MS)
    } else {
      sample()
      const { connections, maxOpen: mostSockets } = server.counters
      const told: ServerTold = { samples, openSockets: server.openSockets(), connections, mostSockets }
      process.send?.(told)
    }
  })
  process.send?.({ port: server.port, dnsServer: dns.server })
}
