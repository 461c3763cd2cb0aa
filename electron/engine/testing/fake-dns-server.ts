/** A small DNS server on loopback (UDP, RFC 1035) that answers as it is told: right, late, wrong, or not at all. */
import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'

export type DnsBehaviour = {
  addresses: string[]
  ttlSeconds?: number
  delayMs?: number
  /** Answers nothing. */
  dead?: boolean
  /** Answers bytes that are no DNS. */
  garbage?: boolean
  /** NXDOMAIN. */
  unknown?: boolean
}

const TYPE_A = 1
const TYPE_AAAA = 28
const NXDOMAIN = 3

export async function startFakeDnsServer(initial: DnsBehaviour) {
  let behaviour = initial
  let questions = 0
  const socket = createSocket('udp4')
  socket.on('message', (question, peer) => {
    questions++
    if (behaviour.dead) return
    const answer = behaviour.garbage ? Buffer.from('this is no answer') : writeAnswer(question, behaviour)
    setTimeout(() => socket.send(answer, peer.port, peer.address, () => {}), behaviour.delayMs ?? 0)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    server: `127.0.0.1:${socket.address().port}`,
    behave(next: DnsBehaviour) {
      behaviour = next
    },
    questions: () => questions,
    close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  }
}

function writeAnswer(question: Buffer, behaviour: DnsBehaviour): Buffer {
  let end = 12
  while (question[end] !== 0) end += (question[end] as number) + 1
  end += 5
  const type = question.readUInt16BE(end - 4)
  const wanted = behaviour.addresses.filter((address) => isIPv6(address) === (type === TYPE_AAAA))
  const fits = !behaviour.unknown && (type === TYPE_A || type === TYPE_AAAA) ? wanted : []
  const header = Buffer.from(question.subarray(0, 12))
  header.writeUInt16BE(0x8180 | (behaviour.unknown ? NXDOMAIN : 0), 2)
  header.writeUInt16BE(fits.length, 6)
  header.writeUInt16BE(0, 10)
  return Buffer.concat([header, question.subarray(12, end), ...fits.map((address) => writeRecord(address, behaviour))])
}

function writeRecord(address: string, { ttlSeconds = 60 }: DnsBehaviour): Buffer {
  const data = isIPv6(address) ? packV6(address) : Buffer.from(address.split('.').map(Number))
  const record = Buffer.alloc(12)
  // A pointer to the name in the question.
  record.writeUInt16BE(0xc00c, 0)
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
