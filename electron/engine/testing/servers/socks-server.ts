/** A small SOCKS5 proxy on loopback. Whatever host it is asked for, it connects to this machine. */
import { connect, createServer, type Socket } from 'node:net'

export type SocksServer = {
  port: number
  /** `host:port` as they were asked for. */
  asked: string[]
  close(): Promise<void>
}

/** `login`: `user:password` that it insists on. `answers`: what it says to a request, 0 = granted. */
export async function startSocksServer({ login = '', answers = 0 } = {}): Promise<SocksServer> {
  const asked: string[] = []
  const open = new Set<Socket>()
  const server = createServer((client) => {
    open.add(client)
    client.on('error', () => client.destroy())
    void serve(client).catch(() => client.destroy())
  })

  async function serve(client: Socket): Promise<void> {
    const take = reader(client)
    const methods = await take((await take(2))[1] ?? 0)
    const method = login ? 2 : 0
    // In two pieces, as networks do.
    client.write(Buffer.of(5))
    await new Promise((resolve) => setImmediate(resolve))
    client.write(Buffer.of(methods.includes(method) ? method : 0xff))
    if (login) {
      const user = await take((await take(2))[1] ?? 0)
      const password = await take((await take(1))[0] ?? 0)
      client.write(Buffer.of(1, `${user}:${password}` === login ? 0 : 1))
    }
    const [, , , kind] = await take(4)
    const host = kind === 1 ? [...(await take(4))].join('.') : String(await take((await take(1))[0] ?? 0))
    const port = (await take(2)).readUInt16BE()
    asked.push(`${host}:${port}`)
    if (answers !== 0) return void client.end(Buffer.of(5, answers, 0, 1, 0, 0, 0, 0, 0, 0))
    client.write(Buffer.concat([Buffer.of(5, 0, 0, 3, 4), Buffer.from('here'), Buffer.of(0, 0)]))
    const target = connect(port, '127.0.0.1')
    client.pipe(target).pipe(client)
    open.add(target)
    target.on('error', () => client.destroy())
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    asked,
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Exactly so many bytes, whenever they come; the rest stays in the socket. */
function reader(socket: Socket) {
  return async (bytes: number): Promise<Buffer> => {
    if (bytes === 0) return Buffer.alloc(0)
    for (;;) {
      const chunk = socket.read(bytes) as Buffer | null
      if (chunk) return chunk
      await new Promise((resolve, reject) => {
        socket.once('readable', resolve)
        socket.once('close', reject)
      })
    }
  }
}
