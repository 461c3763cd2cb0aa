import { expect, it } from 'vitest'
import { redirectWithin } from './redirect-within.ts'

const ASKED = 'http://s3.example:9000/bucket/a%20b.nc'

it.each<[string, number, string | undefined, string | undefined]>([
  ['a path', 307, '/other/a%20b.nc', '/other/a%20b.nc'],
  ['a path beside the one asked for', 302, 'c.nc', '/bucket/c.nc'],
  ['a query', 308, '/bucket/a%20b.nc?node=2', '/bucket/a%20b.nc?node=2'],
  ['its own whole address', 301, 'http://s3.example:9000/x', '/x'],
  ['its own address with a name and a password, which are dropped', 307, 'http://u:p@s3.example:9000/x', '/x'],
  ['another host', 307, 'http://s3.example.org:9000/x', undefined],
  ['another host without a scheme', 307, '//other:9000/x', undefined],
  ['another port', 307, 'http://s3.example/x', undefined],
  ['another scheme', 307, 'https://s3.example:9000/x', undefined],
  ['something that is no address', 307, 'http://', undefined],
  ['nothing', 307, undefined, undefined],
  ['its own host, but as an error', 404, '/x', undefined],
  ['its own host, with an answer that is not modified', 304, '/x', undefined],
])('%s', (_, status, location, expected) => {
  expect(redirectWithin(ASKED, { status, location, region: undefined })).toBe(expected)
})

it('cannot break the request open', () => {
  const path = redirectWithin(ASKED, { status: 307, location: '/a b\r\nx: y', region: undefined })
  expect(path).toBe('/a%20bx:%20y')
})

it('where the answer speaks of a region, that is followed instead', () => {
  expect(redirectWithin(ASKED, { status: 301, location: '/x', region: 'eu-west-1' })).toBeUndefined()
})
