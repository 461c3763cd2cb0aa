/** A way through a SOCKS proxy, which looks the host up itself: RFC 1928 (version 5), name and password by RFC 1929. */
import { isIPv4, type Socket } from 'node:net'
import type { Failure } from '../../../shared/failure.ts'
import type { Endpoint } from '../engine-ports.ts'

const VERSION = 5
const LOGIN_VERSION = 1
const BY_PASSWORD = 2
const CONNECT = 1
/** To the greeting: no login is wanted. */
const GRANTED = 0
/** Bytes of the address that ends an answer, by its kind: IPv4, a name (its length comes first), IPv6. */
const ADDRESS_BYTES: Record<number, number> = { 1: 4, 4: 16 }
const NAME = 3

export function askSocks(
  hop: Socket,
  { hostname, port, proxy }: Pick<Endpoint, 'hostname' | 'port' | 'proxy'>,
  answer: { onTunnel(): void; onRefused(failure: Failure): void },
): void {
  const { user = '', password = '' } = proxy?.socks ?? {}
  let received = Buffer.alloc(0)
  let answerTo: 'greeting' | 'login' | 'connect' = 'greeting'

  const refuse = (code: string): void => {
    hop.off('data', read)
    answer.onRefused({ class: 'proxy', code })
    hop.destroy()
  }
  const ask = (next: typeof answerTo, request: Buffer): void => {
    answerTo = next
    received = Buffer.alloc(0)
    hop.write(request)
  }
  /** The proxy sends nothing without a request: what has arrived is one answer, or the beginning of one. */
  function read(chunk: Buffer): void {
    received = Buffer.concat([received, chunk])
    const [version, code] = received
    if (code === undefined) return
    if (version !== (answerTo === 'login' ? LOGIN_VERSION : VERSION)) refuse('no SOCKS5')
    else if (answerTo === 'connect' && code !== GRANTED) refuse(`SOCKS ${code}`)
    else if (answerTo === 'connect') goOnWhenWhole()
    else if (code === GRANTED) ask('connect', connectRequest(hostname, port))
    else if (answerTo === 'greeting' && code === BY_PASSWORD && user) ask('login', loginOf(user, password))
    else refuse('SOCKS login')
  }
  function goOnWhenWhole(): void {
    const [, , , kind = 0, nameBytes = 0] = received
    const length = 4 + (kind === NAME ? 1 + nameBytes : (ADDRESS_BYTES[kind] ?? 0)) + 2
    if (received.length < length) return
    hop.off('data', read)
    answer.onTunnel()
  }
  hop.on('data', read)
  hop.write(Buffer.from(user ? [VERSION, 2, GRANTED, BY_PASSWORD] : [VERSION, 1, GRANTED]))
}

const loginOf = (user: string, password: string): Buffer =>
  Buffer.concat([Buffer.of(LOGIN_VERSION), text(user), text(password)])

/** An address of IPv6 goes as a name: it is looked up like one. */
function connectRequest(hostname: string, port: number): Buffer {
  const host = isIPv4(hostname)
    ? Buffer.from([1, ...hostname.split('.').map(Number)])
    : Buffer.concat([Buffer.of(NAME), text(hostname)])
  return Buffer.concat([Buffer.of(VERSION, CONNECT, 0), host, Buffer.of(port >> 8, port & 0xff)])
}

/** One byte for the length. */
const text = (value: string): Buffer => {
  const bytes = Buffer.from(value, 'utf8').subarray(0, 255)
  return Buffer.concat([Buffer.of(bytes.length), bytes])
}
