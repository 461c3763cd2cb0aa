import { X509Certificate } from 'node:crypto'
import { createServer, get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { makeSelfSignedCertificate } from './self-signed-certificate.ts'

const now = Date.now()
const { certificate, privateKey } = makeSelfSignedCertificate(now)
const parsed = new X509Certificate(certificate)

describe('the certificate of the benchmark', () => {
  it('stands for this machine alone and vouches for itself', () => {
    expect(parsed.subjectAltName).toBe('IP Address:127.0.0.1, DNS:localhost')
    expect(parsed.ca).toBe(true)
    expect(parsed.verify(parsed.publicKey)).toBe(true)
    expect(parsed.issuer).toBe(parsed.subject)
  })
  it('holds now and not for long', () => {
    expect(Date.parse(parsed.validFrom)).toBeLessThan(now)
    expect(Date.parse(parsed.validTo) - now).toBeLessThan(31 * 86_400_000)
  })
  it('convinces a client that is given it, and no other', async () => {
    const server = createServer({ key: privateKey, cert: certificate }, (_, response) => void response.end('hello'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    const ask = (ca?: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        get(url, { agent: false, ...(ca ? { ca } : {}) }, (answer) => resolve(answer.resume().statusCode)).on(
          'error',
          reject,
        )
      })
    try {
      expect(await ask(certificate)).toBe(200)
      await expect(ask()).rejects.toThrow(/self-signed/)
    } finally {
      server.close()
    }
  })
})
