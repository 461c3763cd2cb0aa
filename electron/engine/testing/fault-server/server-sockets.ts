/** The fault server's sockets: listens at several addresses on one port, and knows every connection there ever was. */
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net'
import type { Connection, Counters } from './server-world.ts'

export type ServerSocketsOptions = {
  addresses: readonly string[]
  /** These accept connections and never speak, not even TLS. */
  muteAddresses: readonly string[]
  /** Undefined: any free one. */
  port: number | undefined
  tls: { key: string; cert: string } | undefined
  counters: Counters
  onRequest(connection: Connection, ...request: Parameters<RequestListener>): void
}

const LISTEN_ATTEMPTS = 5

export async function openServerSockets(options: ServerSocketsOptions) {
  const { addresses, muteAddresses, tls, counters } = options
  const connections: Connection[] = []
  const sockets = new Map<Socket, Connection>()

  const { servers, port } = await listenOnAll()
  const httpServers = servers.filter((server): server is Server => 'keepAliveTimeout' in server)

  function makeServer(address: string): Server {
    const server = tls ? createTlsServer(tls) : createServer()
    server.on('request', (request, response) => {
      const connection = sockets.get(request.socket)
      if (connection) options.onRequest(connection, request, response)
    })
    if (!tls) return server.on('connection', (socket: Socket) => noteConnection(socket, socket, address))
    // A TLS socket cannot be reset, the one below can: they are the two ends of one remote port.
    const below = new Map<number | undefined, Socket>()
    server.on('connection', (socket: Socket) => {
      const { remotePort } = socket
      below.set(remotePort, socket)
      socket.once('close', () => below.delete(remotePort))
    })
    return server.on('secureConnection', (socket: Socket) =>
      noteConnection(socket, below.get(socket.remotePort) ?? socket, address),
    )
  }

  function makeMuteServer(address: string): TcpServer {
    return createTcpServer((socket) => {
      noteConnection(socket, socket, address)
      socket.resume()
    })
  }

  function noteConnection(socket: Socket, tcpSocket: Socket, address: string): void {
    const openedAt = performance.now()
    const connection: Connection = {
      id: ++counters.connections,
      address,
      requests: 0,
      bytesSent: 0,
      isOpen: true,
      get ageSeconds() {
        return (performance.now() - openedAt) / 1000
      },
      reset: () => tcpSocket.resetAndDestroy(),
    }
    connections.push(connection)
    sockets.set(socket, connection)
    counters.maxOpen = Math.max(counters.maxOpen, sockets.size)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('close', () => {
      connection.isOpen = false
      sockets.delete(socket)
    })
  }

  /** One port for all: where a port that was free at the first address is taken at another, the next one is tried. */
  async function listenOnAll(): Promise<{ servers: (Server | TcpServer)[]; port: number }> {
    for (let attempt = 1; ; attempt++) {
      const all = [...addresses.map(makeServer), ...muteAddresses.map(makeMuteServer)]
      try {
        let common = options.port ?? 0
        for (const [index, address] of [...addresses, ...muteAddresses].entries()) {
          common = await listen(all[index] as Server, common, address)
        }
        return { servers: all, port: common }
      } catch (error) {
        await Promise.all(all.map(closeServer))
        const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
        if (!isTaken || options.port || attempt === LISTEN_ATTEMPTS) throw error
      }
    }
  }

  return {
    port,
    openCount: () => sockets.size,
    /** Every connection there ever was, oldest first. */
    connections: (): readonly Connection[] => connections,
    setIdleSeconds(seconds: number): void {
      for (const server of httpServers) {
        server.keepAliveTimeout = seconds * 1000
        server.keepAliveTimeoutBuffer = 0
        server.requestTimeout = 0
      }
    },
    async close(): Promise<void> {
      const ends = [...sockets.keys()].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
      for (const socket of sockets.keys()) socket.destroy()
      for (const server of httpServers) server.closeAllConnections()
      await Promise.all([...servers.map(closeServer), ...ends])
    },
  }
}

function listen(server: Server | TcpServer, port: number, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => resolve((server.address() as AddressInfo).port))
  })
}

const closeServer = (server: Server | TcpServer): Promise<void> =>
  new Promise((resolve) => server.close(() => resolve()))
