/**
 * A certificate for loopback that signs itself, written in DER by hand (RFC 5280), so that no tool is needed.
 * FOR TESTS ONLY: whoever has the process has the key, and it vouches for itself.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isIP, isIPv4 } from 'node:net'

const DAY_MS = 86_400_000
const VALID_DAYS = 30

/** Both PEM. `names`: host names and IPv4 addresses it stands for; `*.` in front of a host name covers one level. */
export function makeTestCertificate(options: { names: readonly string[]; now: number }): { key: string; cert: string } {
  const { names, now } = options
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const subject = sequence(set(sequence(OID.commonName, utf8('Longhaul test server, trust it nowhere'))))
  const body = sequence(
    element(0xa0, integer([2])),
    integer([1, ...randomBytes(8)]),
    sequence(OID.ecdsaWithSha256),
    subject,
    sequence(utcTime(now - DAY_MS), utcTime(now + VALID_DAYS * DAY_MS)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(
      0xa3,
      sequence(
        sequence(OID.basicConstraints, TRUE, octets(sequence(TRUE))),
        sequence(OID.subjectAltName, octets(sequence(...names.map(alternativeName)))),
      ),
    ),
  )
  const signature = sign('sha256', body, privateKey)
  const der = sequence(body, sequence(OID.ecdsaWithSha256), element(0x03, Buffer.concat([Buffer.of(0), signature])))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function alternativeName(name: string): Buffer {
  if (isIPv4(name)) return element(0x87, Buffer.from(name.split('.').map(Number)))
  if (isIP(name)) throw new Error(`only IPv4 addresses and host names, not ${name}`)
  return element(0x82, Buffer.from(name, 'latin1'))
}

/** DER: tag, length in one to three bytes, content. */
function element(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}

function sequence(...items: Buffer[]): Buffer {
  return element(0x30, Buffer.concat(items))
}

const set = (content: Buffer): Buffer => element(0x31, content)
const utf8 = (text: string): Buffer => element(0x0c, Buffer.from(text))
const octets = (content: Buffer): Buffer => element(0x04, content)
const integer = (bytes: number[]): Buffer => element(0x02, Buffer.from(bytes))
/** YYMMDDHHMMSSZ */
const utcTime = (milliseconds: number): Buffer =>
  element(0x17, Buffer.from(`${new Date(milliseconds).toISOString().replace(/\D/g, '').slice(2, 14)}Z`))

const TRUE = element(0x01, Buffer.of(0xff))
const OID = {
  /** 2.5.4.3 */
  commonName: element(0x06, Buffer.of(0x55, 4, 3)),
  /** 2.5.29.19 */
  basicConstraints: element(0x06, Buffer.of(0x55, 0x1d, 0x13)),
  /** 2.5.29.17 */
  subjectAltName: element(0x06, Buffer.of(0x55, 0x1d, 0x11)),
  /** 1.2.840.10045.4.3.2 */
  ecdsaWithSha256: element(0x06, Buffer.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2)),
} as const
