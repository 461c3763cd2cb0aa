/** What a task comes to, and what becomes of its connection. */
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Answer, BODY, flood, good, goodAnswer, head, prepareOneRange } from './testing/one-range.ts'

describe.each(['plain', 'TLS'])('over a %s connection', (kind) => {
  const world = prepareOneRange(kind)
  const { serve, fetchFrom, until, task, expectNoWrongByte } = world

  it('a good answer: every byte at its place, nothing else, and the connection stays', async () => {
    const outcome = await fetchFrom(await serve((socket) => socket.write(goodAnswer())))
    expect(outcome).toMatchObject({ reached: 2000, received: 1000, connectionEnds: false })
    expect(outcome.failure).toBeUndefined()
    expect(readFileSync(join(world.folder, 'part')).subarray(1000)).toEqual(BODY)
    expect(world.plane.socketCounts()).toEqual({ opened: 1, closed: 0 })
  })

  it('a redirect within the host is followed, signed anew, and a loop is not', async () => {
    const endpoint = await serve((socket, request) => {
      const isFirst = request.startsWith('GET /bucket/key ')
      socket.write(
        isFirst
          ? `${head('307 Temporary Redirect', 'location: /moved/key?node=2', 'content-length: 5')}moved`
          : goodAnswer(),
      )
    })
    expect(await fetchFrom(endpoint)).toMatchObject({ reached: 2000, connectionEnds: false })
    expectNoWrongByte(2000)
    expect(world.requests.map((request) => request.split(' ')[1])).toEqual(['/bucket/key', '/moved/key?node=2'])
    const signatures = world.requests.map((request) => /Signature=(\w+)/.exec(request)?.[1])
    expect(new Set(signatures).size).toBe(2)
    expect(world.requests[1]).toMatch(/^range: bytes=1000-1999$/m)
  })

  it.each<[string, string]>([
    ['a length', 'content-length: 5'],
    ['no length, so that only its end tells', 'x-length: none'],
  ])('... on a socket of its own where the answer closes this one, with %s', async (_, length) => {
    const endpoint = await serve((socket, request) => {
      // What comes behind the redirect is an answer to nothing.
      if (!request.startsWith('GET /bucket/key ')) socket.write(goodAnswer())
      else socket.end(`${head('302 Found', 'location: /moved', 'connection: close', length)}moved${good()}`)
    })
    expect(await fetchFrom(endpoint)).toMatchObject({ reached: 2000, connectionEnds: false })
    expectNoWrongByte(2000)
    expect(world.requests.map((request) => request.split(' ')[1])).toEqual(['/bucket/key', '/moved'])
    expect(world.events.map(({ kind }) => kind)).toEqual(['opened', 'finished'])
    expect(world.plane.socketCounts()).toEqual({ opened: 2, closed: 1 })
  })

  it('... which may fail as any other: the task ends, and every socket is accounted for', async () => {
    const endpoint = await serve((socket) => {
      world.server.close()
      socket.end(head('302 Found', 'location: /moved', 'connection: close', 'content-length: 0'))
    })
    expect((await fetchFrom(endpoint)).failure).toMatchObject({ class: 'connect', code: 'ECONNREFUSED' })
    await until(() => world.events.find(({ kind }) => kind === 'closed'))
    expect(world.plane.socketCounts()).toEqual({ opened: 2, closed: 2 })
  })

  it('credentials go to the host they are for, once, and never where a redirect points', async () => {
    const elsewhere: string[] = []
    const other = createServer((socket) => socket.on('data', (chunk) => elsewhere.push(chunk.toString())))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/bucket/key`
    const endpoint = await serve((socket) =>
      socket.write(head('302 Found', `location: ${location}`, 'content-length: 0')),
    )
    expect((await fetchFrom(endpoint)).failure).toMatchObject({ class: 'redirect-refused' })
    expect(world.requests).toHaveLength(1)
    expect(world.requests[0]).toMatch(/^authorization: AWS4-HMAC-SHA256 /m)
    expect(world.requests[0]).not.toContain('secret')
    expect(elsewhere).toEqual([])
    await new Promise<void>((resolve) => other.close(() => resolve()))
  })

  it('a task that is made shorter while it runs ends there, and what comes after is dropped', async () => {
    const endpoint = await serve((socket) => {
      socket.write(goodAnswer(100))
      setTimeout(() => socket.write(BODY.subarray(100)), 100)
    })
    world.plane.open({ connectionId: 1, address: '127.0.0.1', endpoint })
    await until(() => world.events.find(({ kind }) => kind === 'opened'))
    world.plane.assign(1, task(), endpoint)
    world.plane.shorten(1, { taskId: 1, keep: 600 })
    const finished = await until(() => world.events.find((item) => item.kind === 'finished'))
    // The first hundred bytes may have come before the wish.
    const shortened = world.events.find(({ kind }) => kind === 'shortened') as { end: number }
    expect([1600, 1700]).toContain(shortened.end)
    expect(finished).toMatchObject({ outcome: { reached: shortened.end, connectionEnds: true } })
    await until(() => world.events.find((item) => item.kind === 'closed'))
    expectNoWrongByte(shortened.end)
  })

  it('a task that has fallen silent gives half of what has not come, and one that is over says nothing', async () => {
    const size = 8 * 1024 ** 2
    const answer = head('206 Partial Content', `content-range: bytes 0-${size - 1}/${size}`, `content-length: ${size}`)
    const endpoint = await serve((socket) => socket.write(`${answer}${'x'.repeat(1000)}`))
    world.plane.open({ connectionId: 1, address: '127.0.0.1', endpoint })
    world.plane.assign(1, task({ range: { start: 0, end: size }, objectSize: size }), endpoint)
    await world.untilReceived(1000)
    world.plane.shorten(1, { taskId: 7, keep: 'half' })
    world.plane.shorten(1, { taskId: 1, keep: 'half' })
    const shortened = await until(() => world.events.find(({ kind }) => kind === 'shortened'))
    expect(shortened).toMatchObject({ taskId: 1, end: 1000 + (size - 1000) / 2 })
  })

  it.each<[string, Answer]>([
    ['ends', (socket) => socket.end()],
    [
      'resets',
      () => {
        for (const raw of world.sockets) raw.resetAndDestroy()
      },
    ],
  ])(
    'a kept connection that the server %s when the next request comes has not failed in an answer',
    async (_, close) => {
      const endpoint = await serve((socket, request) =>
        world.requests.length === 1 ? socket.write(goodAnswer()) : close(socket, request),
      )
      expect(await fetchFrom(endpoint)).toMatchObject({ reached: 2000, connectionEnds: false })
      world.plane.assign(1, task({ taskId: 2 }), endpoint)
      const second = await until(() =>
        world.events.find((item) => item.kind === 'finished' && item.outcome.taskId === 2),
      )
      expect(second).toMatchObject({ outcome: { failure: { class: 'reset', code: 'closed-before-answer' } } })
    },
  )

  it('nobody listens: the connection closes with its reason, and every socket is accounted for', async () => {
    const endpoint = await serve(() => {})
    await new Promise<void>((resolve) => world.server.close(() => resolve()))
    world.plane.open({ connectionId: 1, address: '127.0.0.1', endpoint })
    const closed = await until(() => world.events.find((item) => item.kind === 'closed'))
    expect(closed).toMatchObject({ failure: { class: 'connect', code: 'ECONNREFUSED' } })
    expect(world.plane.socketCounts()).toEqual({ opened: 1, closed: 1 })
  })

  it('a connection that takes the place of a closed one has received nothing, from the first moment', async () => {
    const endpoint = await serve((socket) => socket.end(Buffer.concat([Buffer.from(good('connection: close')), BODY])))
    expect(await fetchFrom(endpoint)).toMatchObject({ received: BODY.length })
    await until(() => world.events.find(({ kind }) => kind === 'closed'))
    world.plane.open({ connectionId: 2, address: '127.0.0.1', endpoint })
    expect(world.plane.counters(2)).toEqual({ bytes: 0, lastByteAt: 0, reached: 0, taskId: 0 })
  })

  it('a connection that has used up a rate limit sees its end between two answers', async () => {
    const endpoint = await serve((socket) => socket.end(goodAnswer()))
    world.plane.setRateLimit(1)
    expect(await fetchFrom(endpoint)).toMatchObject({ reached: 2000, connectionEnds: false })
    await until(() => world.events.find(({ kind }) => kind === 'closed'))
  })

  it('a rate limit is shared: no connection waits while others take all of it', async () => {
    const size = 64 * 1024 ** 2
    const answer = head('206 Partial Content', `content-range: bytes 0-${size - 1}/${size}`, `content-length: ${size}`)
    const endpoint = await serve((socket) => flood(socket, answer, 'x'.repeat(64 * 1024)))
    world.plane.setRateLimit(4 * 1024 ** 2)
    const connections = [1, 2, 3, 4, 5, 6, 7, 8]
    for (const connectionId of connections) {
      world.plane.open({ connectionId, address: '127.0.0.1', endpoint })
      world.plane.assign(
        connectionId,
        task({ taskId: connectionId, range: { start: 0, end: size }, objectSize: size }),
        endpoint,
      )
    }
    const received = () => connections.map((connectionId) => world.plane.counters(connectionId).bytes)
    const sumReaches = async (wanted: number) => {
      while (received().reduce((sum, bytes) => sum + bytes, 0) < wanted) {
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      return received()
    }
    // Who is connected first has a start.
    const before = await sumReaches(2 * 1024 ** 2)
    const after = await sumReaches(6 * 1024 ** 2)
    const shares = after.map((bytes, index) => bytes - (before[index] ?? 0))
    expect(Math.min(...shares)).toBeGreaterThan(Math.max(...shares) / 10)
  })

  it('a worker that dies of a bug leaves nobody waiting: its tasks and connections end, the job hears of it', async () => {
    await world.plane.shutDown()
    const code = `import { parentPort } from 'node:worker_threads'
    parentPort.on('message', (all) => { if (all.some(({ kind }) => kind === 'assign')) throw new Error('a bug') })`
    world.startPlane(new URL(`data:text/javascript,${encodeURIComponent(code)}`))
    const endpoint = await serve(() => {})
    world.plane.open({ connectionId: 1, address: '127.0.0.1', endpoint })
    world.plane.assign(1, task(), endpoint)
    await until(() => world.events.find(({ kind }) => kind === 'broken'))
    expect(world.events.map(({ kind }) => kind)).toEqual(['finished', 'closed', 'broken'])
    expect(world.events[0]).toMatchObject({ outcome: { taskId: 1, reached: 1000, failure: { code: 'internal' } } })
  })
})

describe('through a proxy that is spoken to over TLS', () => {
  const world = prepareOneRange('TLS')

  it("trusts the authorities that were named for the proxy's certificate, too", async () => {
    const proxy = await world.serve((socket) => socket.write(goodAnswer()))
    const endpoint = { ...proxy, hostname: 'bucket.example', hostHeader: 'bucket.example', tls: false, port: 80 }
    const through = { ...endpoint, proxy: { hostname: proxy.hostname, port: proxy.port, tls: true } }
    expect(await world.fetchFrom(through)).toMatchObject({ reached: 2000, connectionEnds: false })
    expect(world.requests[0]).toMatch(/^GET http:\/\/bucket\.example\/bucket\/key /)
    world.expectNoWrongByte(2000)
  })
})
