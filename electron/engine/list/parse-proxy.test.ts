import { expect, it } from 'vitest'
import { parseProxy } from './parse-proxy.ts'

const rows: [sentence: string, url: string, proxy: ReturnType<typeof parseProxy>][] = [
  ['no proxy', '', undefined],
  ['what is no URL', 'proxy', undefined],
  ['port 80 unless another is named', 'http://proxy.lab', { hostname: 'proxy.lab', port: 80, tls: false }],
  ['port 443 over TLS', 'https://proxy.lab', { hostname: 'proxy.lab', port: 443, tls: true }],
  ['an address of version 6', 'http://[2001:db8::1]:3128', { hostname: '2001:db8::1', port: 3128, tls: false }],
  [
    'user and password, decoded, as Basic credentials',
    'http://me:p%40ss@proxy.lab:3128',
    { hostname: 'proxy.lab', port: 3128, tls: false, authorization: `Basic ${btoa('me:p@ss')}` },
  ],
  [
    'SOCKS at its own port, with what it is to be told',
    'socks5://me:p%40ss@proxy.lab',
    { hostname: 'proxy.lab', port: 1080, tls: false, socks: { user: 'me', password: 'p@ss' } },
  ],
]
it.each(rows)('%s', (_, url, proxy) => {
  expect(parseProxy(url)).toEqual(proxy)
})
