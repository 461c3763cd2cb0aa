/**
 * A small DNS server on loopback (UDP and TCP, RFC 1035) that answers as it is told: right, late, wrong, or not at all.
 * What it does can be changed at any time; questions that are no DNS are counted and left unanswered.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from 'node:net'

export type DnsBehaviour = {
  /** For every name that `hosts` does not have. IPv6 addresses alone make a server without an A record. */
  addresses: string[]
  /** By name, in lower case. */
  hosts?: Record<string, string[]>
  ttlSeconds?: number
  delayMs?: number
  /** Answers nothing. */
  dead?: boolean
  /** Answers bytes that are no DNS. */
  garbage?: boolean
  /** Answers under another transaction's number, as a forger does. */
  forged?: boolean
  /** NXDOMAIN. */
  unknown?: boolean
  /** SERVFAIL. */
  broken?: boolean
  /** Answers over UDP say only that TCP must be asked. */
  truncated?: boolean
}

export type FakeDnsServer = Awaited<ReturnType<typeof startFakeDnsServer>>

const TYPE_A = 1
const TYPE_AAAA = 28
const SERVFAIL = 2
const NXDOMAIN = 3
/** Response, recursion desired and available. */
const FLAGS = 0x8180
const FLAG_TRUNCATED = 0x0200
/** A pointer to the name in the question, which follows the header of 12 bytes. */
const NAME_OF_QUESTION = 0xc00c

export async function startFakeDnsServer(initial: DnsBehaviour) {
  let behaviour = initial
  const counts = { udp: 0, tcp: 0 }
  const names: string[] = []
  const timers = new Set<NodeJS.Timeout>()
  const tcpSockets = new Set<Socket>()

  function reply(message: Buffer, isUdp: boolean, send: (answer: Buffer) => void): void {
    counts[isUdp ? 'udp' : 'tcp']++
    const question = readQuestion(message)
    if (!question || behaviour.dead) return
    names.push(question.name)
    const answer = behaviour.garbage
      ? Buffer.from('this is no answer')
      : writeAnswer(message, question, behaviour, isUdp)
    const timer = setTimeout(() => {
      timers.delete(timer)
      send(answer)
    }, behaviour.delayMs ?? 0)
    timers.add(timer)
  }

  const tcp = createServer((socket) => {
    tcpSockets.add(socket)
    socket.on('close', () => tcpSockets.delete(socket))
    socket.on('error', () => {})
    let received = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0)
        reply(received.subarray(2, end), false, (answer) => {
          const length = Buffer.alloc(2)
          length.writeUInt16BE(answer.length)
          socket.write(Buffer.concat([length, answer]))
        })
        received = received.subarray(end)
      }
    })
  })
  const { port, udp } = await listenOnBoth(tcp)
  udp.on('message', (message, peer) => {
    reply(message, true, (answer) => udp.send(answer, peer.port, peer.address, () => {}))
  })

  return {
    /** `ADDR:PORT`, as `--dns-server` takes it. */
    server: `127.0.0.1:${port}`,
    behave(next: DnsBehaviour) {
      behaviour = next
    },
    questions: () => counts.udp + counts.tcp,
    questionsOverTcp: () => counts.tcp,
    /** Names asked for, in order. */
    names: (): readonly string[] => names,
    async close() {
      for (const timer of timers) clearTimeout(timer)
      for (const socket of tcpSockets) socket.destroy()
      await new Promise<void>((resolve) => udp.close(() => resolve()))
      await new Promise<void>((resolve) => tcp.close(() => resolve()))
    },
  }
}

/** One port for both: where the one that is free over TCP is taken over UDP, the next one is tried. */
async function listenOnBoth(tcp: Server): Promise<{ port: number; udp: UdpSocket }> {
  for (;;) {
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
    const { port } = tcp.address() as AddressInfo
    const udp = createSocket('udp4')
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) =>
      udp.once('error', resolve).bind(port, '127.0.0.1', () => resolve(undefined)),
    )
    if (!error) return { port, udp }
    udp.close()
    if (error.code !== 'EADDRINUSE') throw error
    await new Promise<void>((resolve) => tcp.close(() => resolve()))
  }
}

type Question = { name: string; type: number; end: number }

/** The one question of a message; undefined when it is none. */
function readQuestion(message: Buffer): Question | undefined {
  const labels: string[] = []
  let at = 12
  for (;;) {
    const length = message[at]
    if (length === undefined || length > 63) return undefined
    if (length === 0) break
    labels.push(message.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  const end = at + 5
  if (end > message.length) return undefined
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end }
}

function writeAnswer(message: Buffer, question: Question, behaviour: DnsBehaviour, isUdp: boolean): Buffer {
  const { addresses, hosts = {}, ttlSeconds = 60 } = behaviour
  const isTruncated = isUdp && behaviour.truncated === true
  const code = behaviour.broken ? SERVFAIL : behaviour.unknown ? NXDOMAIN : 0
  const asked = question.type === TYPE_A || question.type === TYPE_AAAA
  const known = asked && code === 0 && !isTruncated ? (hosts[question.name] ?? addresses) : []
  const records = known
    .filter((address) => isIPv6(address) === (question.type === TYPE_AAAA))
    .map((address) => writeRecord(address, ttlSeconds))
  const header = Buffer.alloc(12)
  header.writeUInt16BE(message.readUInt16BE(0) ^ (behaviour.forged ? 1 : 0), 0)
  header.writeUInt16BE(FLAGS | code | (isTruncated ? FLAG_TRUNCATED : 0), 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(records.length, 6)
  return Buffer.concat([header, message.subarray(12, question.end), ...records])
}

function writeRecord(address: string, ttlSeconds: number): Buffer {
  const data = isIPv6(address) ? packV6(address) : Buffer.from(address.split('.').map(Number))
  const record = Buffer.alloc(12)
  record.writeUInt16BE(NAME_OF_QUESTION, 0)
  record.writeUInt16BE(isIPv6(address) ? TYPE_AAAA : TYPE_A, 2)
  record.writeUInt16BE(1, 4)
  record.writeUInt32BE(ttlSeconds, 6)
  record.writeUInt16BE(data.length, 10)
  return Buffer.concat([record, data])
}

function packV6(address: string): Buffer {
  const [head = '', tail] = address.split('::')
  const left = head.split(':').filter(Boolean)
  const right = (tail ?? '').split(':').filter(Boolean)
  const middle = Array<string>(8 - left.length - right.length).fill('0')
  const groups = [...left, ...middle, ...right].map((group) => Number.parseInt(group, 16))
  const bytes = Buffer.alloc(16)
  for (const [index, group] of groups.entries()) bytes.writeUInt16BE(group, index * 2)
  return bytes
}
