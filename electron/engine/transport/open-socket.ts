/** Opens the socket of a connection, TCP or TLS, through a proxy where the endpoint names one. */
import { connect, isIP, type Socket } from 'node:net'
import {
  type ConnectionOptions,
  connect as connectTls,
  createSecureContext,
  rootCertificates,
  type SecureContext,
  type TLSSocket,
} from 'node:tls'
import type { Failure } from '../../../shared/failure.ts'
import type { Endpoint } from '../engine-ports.ts'
import { askSocks } from './ask-socks.ts'

export type SocketHandlers = {
  /** The front of the buffer, as much of it as the next read may fill. */
  nextBuffer(): Buffer
  /** Ready for a request. */
  onReady(): void
  /** `length` fresh bytes at the start of `received`; false = read no more until `resume`. */
  onData(received: Buffer, length: number): boolean
  /** The other side sent its FIN. */
  onEnd(): void
  onError(error: Error & { code?: string }): void
  onProxyRefused(failure: Failure): void
  onClose(): void
}

export type OpenSocket = { write(head: string): void; resume(): void; destroy(): void }

/** TLS sessions by host: a resumed handshake saves a round trip and most of its CPU. */
export type TlsSessions = Map<string, Buffer>

/** `address` is the endpoint's, or the proxy's where there is one. The kernel reads straight into `buffer`. */
export function openSocket(
  address: string,
  endpoint: Endpoint,
  buffer: Buffer,
  sessions: TlsSessions,
  handlers: SocketHandlers,
): OpenSocket {
  const { proxy } = endpoint
  if (proxy && (endpoint.tls || proxy.tls || proxy.socks))
    return openThroughProxy(address, endpoint, buffer, sessions, handlers)

  const target = { host: address, port: proxy?.port ?? endpoint.port }
  if (!endpoint.tls) {
    const onread = { buffer: handlers.nextBuffer, callback: (length: number) => handlers.onData(buffer, length) }
    const socket = connect({ ...target, noDelay: true, onread })
    socket.once('connect', handlers.onReady)
    return handle(watch(socket, handlers))
  }
  const records = gatherRecords(handlers, () => socket.pause())
  // The d.ts of tls.connect leaves `onread` out; Node has taken it since 12.10.
  const options = { ...target, ...tlsOptions(endpoint, sessions), onread: records.onread }
  const socket = connectTls(options as ConnectionOptions)
  socket.setNoDelay(true)
  socket.once('secureConnect', handlers.onReady)
  socket.on('session', (session) => sessions.set(endpoint.hostname, session))
  for (const event of ['end', 'error', 'close']) socket.on(event, records.flush)
  const opened = handle(watch(socket, handlers))
  return {
    ...opened,
    destroy() {
      records.drop()
      opened.destroy()
    },
  }
}

/**
 * TLS hands bytes over record by record, 16 KiB at most (RFC 8446, 5.1). What one turn of the event loop brings is
 * handed on in one piece: fewer writes, a sixth less processor time (docs/benchmarks.md).
 */
function gatherRecords(handlers: Pick<SocketHandlers, 'nextBuffer' | 'onData'>, pause: () => void) {
  let room: Buffer = Buffer.alloc(0)
  /** What is gathered lies between these two in `room`. */
  let from = 0
  let to = 0
  let turn: NodeJS.Immediate | undefined

  const take = (): Buffer => {
    clearImmediate(turn)
    turn = undefined
    const gathered = room.subarray(from, to)
    from = to
    return gathered
  }
  const flush = (): boolean => {
    const gathered = take()
    return gathered.length === 0 || handlers.onData(gathered, gathered.length)
  }
  return {
    flush,
    /** Who closes the socket wants no more of it. */
    drop: () => void take(),
    onread: {
      // Asked after each read where the next one may go.
      buffer() {
        if (from === to) {
          room = handlers.nextBuffer()
          from = 0
          to = 0
        }
        return room.subarray(to)
      },
      callback(length: number) {
        to += length
        if (to === room.length) return flush()
        turn ??= setImmediate(() => flush() || pause())
        return true
      },
    },
  }
}

const handle = (socket: Socket): OpenSocket => ({
  write: (head) => void socket.write(head, 'latin1'),
  resume: () => void socket.resume(),
  destroy: () => void socket.destroy(),
})

function watch<S extends Socket>(socket: S, handlers: SocketHandlers): S {
  socket.on('end', handlers.onEnd)
  socket.on('error', handlers.onError)
  socket.on('close', handlers.onClose)
  return socket
}

function tlsOptions(endpoint: Endpoint, sessions: TlsSessions) {
  const session = sessions.get(endpoint.hostname)
  return {
    ...trustOf(endpoint.hostname, endpoint.ca),
    ALPNProtocols: ['http/1.1'],
    ...(session ? { session } : {}),
  }
}

/** Whose certificate is expected, and by which authorities. An address is no name for SNI (RFC 6066, 3). */
const trustOf = (hostname: string, ca: readonly string[] | undefined) => ({
  ...(isIP(hostname) ? {} : { servername: hostname }),
  ...(ca ? { secureContext: secureContextOf(ca) } : {}),
})

const contexts = new WeakMap<readonly string[], SecureContext>()

/** A context costs milliseconds and nearly a megabyte: one serves all connections of an endpoint. */
function secureContextOf(ca: readonly string[]): SecureContext {
  const known = contexts.get(ca)
  if (known) return known
  const context = createSecureContext({ ca: [...rootCertificates, ...ca] })
  contexts.set(ca, context)
  return context
}

/**
 * A tunnel, or a proxy that is itself spoken to over TLS. TLS over an existing socket takes no `onread`,
 * so here data is copied into the buffer.
 */
function openThroughProxy(
  address: string,
  endpoint: Endpoint,
  buffer: Buffer,
  sessions: TlsSessions,
  handlers: SocketHandlers,
): OpenSocket {
  const proxy = endpoint.proxy as NonNullable<Endpoint['proxy']>
  const hop = proxy.tls
    ? connectTls({ host: address, port: proxy.port, ...trustOf(proxy.hostname, endpoint.ca) })
    : connect({ host: address, port: proxy.port, noDelay: true })
  watch(hop, handlers)
  let carrier: Socket = hop

  const carry = (stream: Socket) => {
    carrier = stream
    stream.on('data', (chunk: Buffer) => {
      for (let at = 0; at < chunk.length; at += buffer.length) {
        if (!handlers.onData(buffer, chunk.copy(buffer, 0, at))) stream.pause()
      }
    })
    handlers.onReady()
  }

  hop.once(proxy.tls ? 'secureConnect' : 'connect', () => {
    if (!endpoint.tls && !proxy.socks) return carry(hop)
    const ask = proxy.socks ? askSocks : askForTunnel
    ask(hop, endpoint, {
      onRefused: handlers.onProxyRefused,
      onTunnel() {
        if (!endpoint.tls) return carry(hop)
        // An address is no name for SNI; without `host` the certificate would have to be that of `localhost`.
        const secured: TLSSocket = connectTls({
          socket: hop,
          host: endpoint.hostname,
          ...tlsOptions(endpoint, sessions),
        })
        secured.on('error', (error) => {
          handlers.onError(error)
          hop.destroy()
        })
        secured.once('secureConnect', () => carry(secured))
      },
    })
  })
  return {
    write: (head) => void carrier.write(head, 'latin1'),
    resume: () => void carrier.resume(),
    destroy: () => void hop.destroy(),
  }
}

const MAX_TUNNEL_HEAD_BYTES = 16 * 1024

/** HTTP CONNECT (RFC 9110, 9.3.6). */
function askForTunnel(
  hop: Socket,
  endpoint: Endpoint,
  answer: { onTunnel(): void; onRefused(failure: Failure): void },
): void {
  const host = endpoint.hostname.includes(':') ? `[${endpoint.hostname}]` : endpoint.hostname
  const authorization = endpoint.proxy?.authorization ? `proxy-authorization: ${endpoint.proxy.authorization}\r\n` : ''
  hop.write(`CONNECT ${host}:${endpoint.port} HTTP/1.1\r\nhost: ${host}:${endpoint.port}\r\n${authorization}\r\n`)

  let head = ''
  const read = (chunk: Buffer) => {
    head += chunk.toString('latin1')
    const complete = head.includes('\r\n\r\n')
    if (!complete && head.length <= MAX_TUNNEL_HEAD_BYTES) return
    hop.off('data', read)
    const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(head)?.[1] ?? 0)
    if (complete && status === 200) return answer.onTunnel()
    answer.onRefused({ class: 'proxy', code: `HTTP ${status}`, httpStatus: status })
    hop.destroy()
  }
  hop.on('data', read)
}
