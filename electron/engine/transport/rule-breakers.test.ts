/** Servers that break every rule; what is on disk is compared. */
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Answer, BODY, flood, good, goodAnswer, head, prepareOneRange, RANGE } from './testing/one-range.ts'

describe.each(['plain', 'TLS'])('over a %s connection', (kind) => {
  const world = prepareOneRange(kind)
  const { serve, fetchFrom, until, untilReceived, expectNoWrongByte } = world

  describe('a server that breaks the rules writes no wrong byte', () => {
    const rows: [string, Answer, failureClass: string, code: string, reached: number][] = [
      [
        'headers without end',
        (socket) => flood(socket, 'HTTP/1.1 206 OK\r\n', 'x-more: and more\r\n'),
        'protocol',
        'bad-http',
        1000,
      ],
      [
        'a header line without end',
        (socket) => flood(socket, 'HTTP/1.1 206 OK\r\nx: ', 'y'.repeat(1000)),
        'protocol',
        'bad-http',
        1000,
      ],
      ['no HTTP at all', (socket) => socket.write('220 smtp.example.org ESMTP\r\n'), 'protocol', 'bad-http', 1000],
      [
        'a longer length than its range',
        (socket) => socket.write(good().replace('h: 1000', 'h: 1001')),
        'protocol',
        'length-differs',
        1000,
      ],
      [
        'a shorter length than its range',
        (socket) => socket.write(good().replace('h: 1000', 'h: 999')),
        'protocol',
        'length-differs',
        1000,
      ],
      [
        'another range',
        (socket) => socket.write(good().replace('1000-1999', '1001-2000')),
        'protocol',
        'other-range',
        1000,
      ],
      [
        'no range',
        (socket) => socket.write(head('206 OK', 'content-length: 1000')),
        'protocol',
        'bad-content-range',
        1000,
      ],
      [
        'another size',
        (socket) => socket.write(good('etag: "e"').replace('/4000', '/4001')),
        'changed',
        'size-differs',
        1000,
      ],
      ['another ETag', (socket) => socket.write(good('etag: "other"')), 'changed', 'etag-differs', 1000],
      [
        'the whole object instead',
        (socket) => socket.write(head('200 OK', 'content-length: 4000')),
        'protocol',
        'range-ignored',
        1000,
      ],
      [
        'a compressed answer of unknown length that is shorter',
        (socket) => socket.write(`${chunked('content-encoding: gzip')}3\r\nabc\r\n0\r\n\r\n`),
        'protocol',
        'body-too-short',
        1003,
      ],
      [
        'an answer of unknown length that is longer',
        (socket) => socket.write(`${chunked()}7d0\r\n${'x'.repeat(2000)}\r\n`),
        'protocol',
        'body-too-long',
        1000,
      ],
      [
        '... of which none is believed, whatever of it has been written before',
        (socket) => socket.write(`${chunked()}1f4\r\n${'x'.repeat(500)}\r\n3e8\r\n${'x'.repeat(1000)}\r\n`),
        'protocol',
        'body-too-long',
        1000,
      ],
      [
        'an encoding nobody asked for',
        (socket) => socket.write(head('206 OK', 'content-range: bytes 1000-1999/4000', 'transfer-encoding: gzip')),
        'protocol',
        'bad-http',
        1000,
      ],
      ['an end before the head', (socket) => socket.end(), 'reset', 'closed-in-answer', 1000],
      [
        'an end in the middle of the head',
        (socket) => socket.end('HTTP/1.1 206 Par'),
        'reset',
        'closed-in-answer',
        1000,
      ],
      ['an end in mid-body', (socket) => socket.end(goodAnswer(300)), 'reset', 'closed-in-answer', 1300],
      [
        '... of an answer of unknown length',
        (socket) => {
          socket.write(good().replace('content-length: 1000', 'connection: close'))
          socket.end(BODY.subarray(0, 300))
        },
        'reset',
        'closed-in-answer',
        1300,
      ],
      [
        'a redirect to another host',
        (socket) => socket.write(head('307 Temporary Redirect', 'location: http://127.0.0.2:1/', 'content-length: 0')),
        'redirect-refused',
        'HTTP 307',
        1000,
      ],
      [
        'a redirect to itself',
        (socket) => socket.write(head('301 Moved', 'location: /bucket/key', 'content-length: 0')),
        'redirect-refused',
        'HTTP 301',
        1000,
      ],
      [
        'an error body without end',
        (socket) => flood(socket, head('500 Oops', 'content-length: 10000000000'), 'x'.repeat(10_000)),
        'server-error',
        'HTTP 500',
        1000,
      ],
      [
        'an error named like a part of JavaScript',
        (socket) => socket.write(withBody('503 No', '<Error><Code>constructor</Code></Error>')),
        'throttled',
        'constructor',
        1000,
      ],
      [
        'an XML bomb',
        (socket) =>
          socket.write(withBody('403 No', '<!DOCTYPE x [<!ENTITY a "ha">]><Error><Code>&a;&a;</Code></Error>')),
        'denied',
        '&a;&a;',
        1000,
      ],
    ]
    it.each(rows)('%s', async (title, answer, failureClass, code, reached) => {
      const outcome = await fetchFrom(await serve(answer))
      expect(outcome.failure).toMatchObject({ class: failureClass, code })
      expect(outcome.reached).toBe(reached)
      // What came in a compressed answer, or is not believed, may lie in the range, never beyond it.
      if (!/^a compressed|none is believed/.test(title)) expectNoWrongByte(reached)
      expect(readFileSync(join(world.folder, 'part')).length).toBeLessThanOrEqual(RANGE.end)
    })

    it('a reset in mid-body keeps what came before it', async () => {
      const outcome = await fetchFrom(
        await serve((socket) => {
          socket.write(goodAnswer(500))
          // What is reset before it was read is lost, by TCP's own rule.
          void untilReceived(500).then(() => {
            for (const raw of world.sockets) raw.resetAndDestroy()
          })
        }),
      )
      expect(outcome).toMatchObject({
        reached: 1500,
        connectionEnds: true,
        failure: { class: 'reset', address: '127.0.0.1' },
      })
      expectNoWrongByte(1500)
    })

    it.each<[string, Answer, number]>([
      ['silence after the request', () => {}, 0],
      ['silence in mid-body', (socket) => socket.write(goodAnswer(500)), 500],
      ['a drip', (socket) => drip(socket), 3],
    ])('%s holds nobody up: it is closed when the control plane says so', async (_title, answer, bytes) => {
      const outcome = await fetchFrom(await serve(answer), {}, bytes)
      expect(outcome.failure?.class).toBe('cancelled')
      expect(outcome.reached).toBeGreaterThanOrEqual(RANGE.start + bytes)
      expectNoWrongByte(outcome.reached)
    })

    it('bytes that nobody asked for end the connection before they are taken for an answer', async () => {
      const endpoint = await serve((socket) =>
        socket.write(Buffer.concat([Buffer.from(good()), BODY, Buffer.from(good()), BODY])),
      )
      await fetchFrom(endpoint)
      await until(() => world.events.find((item) => item.kind === 'closed'))
      expect(world.plane.socketCounts()).toEqual({ opened: 1, closed: 1 })
      expectNoWrongByte(2000)
    })
  })
})

function drip(socket: Socket): void {
  socket.write(good())
  let at = 0
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer)
    else socket.write(BODY.subarray(at, ++at))
  }, 20)
}

const chunked = (...headers: string[]) =>
  head('206 OK', 'content-range: bytes 1000-1999/4000', 'transfer-encoding: chunked', ...headers)

const withBody = (status: string, body: string) => `${head(status, `content-length: ${body.length}`)}${body}`
