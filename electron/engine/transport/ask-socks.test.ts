import { connect, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { startSocksServer } from '../testing/servers/socks-server.ts'
import { askSocks } from './ask-socks.ts'

type Case = {
  server?: Parameters<typeof startSocksServer>[0]
  user?: string
  hostname?: string
  says: string
  asked?: string[]
}

test.each<[string, Case]>([
  ['a name is looked up there', { says: 'granted', asked: ['s3.example:443'] }],
  ['an address of IPv4 goes as it is', { hostname: '192.0.2.1', says: 'granted', asked: ['192.0.2.1:443'] }],
  ['one of IPv6 as a name', { hostname: '2001:db8::1', says: 'granted', asked: ['2001:db8::1:443'] }],
  ['a login', { server: { login: 'me:word' }, user: 'me', says: 'granted', asked: ['s3.example:443'] }],
  ['a login that it does not want', { user: 'me', says: 'granted', asked: ['s3.example:443'] }],
  ['a wrong login', { server: { login: 'me:other' }, user: 'me', says: 'SOCKS login' }],
  ['no login where one is wanted', { server: { login: 'me:word' }, says: 'SOCKS login' }],
  ['not allowed by its rules', { server: { answers: 2 }, says: 'SOCKS 2', asked: ['s3.example:443'] }],
])('%s', async (_name, { server, user = '', hostname = 's3.example', says, asked = [] }) => {
  const socks = await startSocksServer(server)
  const hop = connect(socks.port, '127.0.0.1')
  const proxy = { hostname: '127.0.0.1', port: socks.port, tls: false, socks: { user, password: user && 'word' } }
  const said = await new Promise<string>((resolve) => {
    hop.once('connect', () =>
      askSocks(
        hop,
        { hostname, port: 443, proxy },
        {
          onTunnel: () => resolve('granted'),
          onRefused: ({ class: failureClass, code }) =>
            resolve(`${failureClass === 'proxy' ? '' : failureClass}${code}`),
        },
      ),
    )
  })
  hop.destroy()
  await socks.close()
  expect([said, socks.asked]).toEqual([says, asked])
})

test('what speaks no SOCKS5 is said to', async () => {
  const server = createServer((client) => void client.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const hop = connect(port, '127.0.0.1')
  const proxy = { hostname: '127.0.0.1', port, tls: false, socks: { user: '', password: '' } }
  const said = await new Promise((resolve) => {
    hop.once('connect', () =>
      askSocks(hop, { hostname: 'x', port: 443, proxy }, { onTunnel: () => resolve(''), onRefused: resolve }),
    )
  })
  server.close()
  expect(said).toEqual({ class: 'proxy', code: 'no SOCKS5' })
})
