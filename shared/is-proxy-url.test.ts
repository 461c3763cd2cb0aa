import { expect, test } from 'vitest'
import { isProxyUrl } from './is-proxy-url.ts'

test.each([
  ['http://proxy:8080', true],
  ['http://proxy:8080/', true],
  ['HTTP://proxy', true],
  ['https://user:word@proxy.example.org', true],
  ['http://user:50%@proxy', true],
  ['http://[::1]:3128', true],
  ['socks5://proxy:1080', true],
  ['socks5h://proxy', true],
  ['socks4://proxy', false],
  ['ftp://proxy', false],
  ['proxy:8080', false],
  ['http:proxy:8080', false],
  ['http://', false],
  ['socks5://:1080', false],
  ['http://proxy:99999', false],
  ['http://proxy/path', false],
  ['http://proxy?query', false],
  ['http://proxy#part', false],
  ['http://pro xy', false],
  [' http://proxy', false],
  ['', false],
])('a proxy address, "%s": %s', (text, right) => expect(isProxyUrl(text)).toBe(right))
