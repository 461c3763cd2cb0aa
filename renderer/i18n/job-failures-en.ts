/** Each failure class: its name, what it means, what the program does about it. */
import type { FailureClass } from '../../shared/failure.ts'

export const failuresEn: Record<FailureClass, { name: string; meaning: string; action: string }> = {
  throttled: {
    name: 'Throttled',
    meaning: 'S3 answered 503 Slow Down or 429',
    action: 'lowers the request rate of that prefix and waits as the server asks',
  },
  'server-error': {
    name: 'Server error',
    meaning: 'the server answered 5xx',
    action: 'waits a little and goes on from the byte reached',
  },
  stalled: {
    name: 'Stalled',
    meaning: 'the connection is up but brings no data',
    action: 'opens a fresh connection and goes on from the byte reached',
  },
  slow: {
    name: 'Slow',
    meaning: 'far slower than the other connections',
    action: 'opens a fresh connection and goes on from the byte reached',
  },
  reset: {
    name: 'Connection broken',
    meaning: 'closed or reset before the answer was complete',
    action: 'opens a fresh connection and goes on from the byte reached',
  },
  connect: {
    name: 'Cannot connect',
    meaning: 'refused, unreachable or timed out',
    action: 'tries another address',
  },
  dns: {
    name: 'DNS failed',
    meaning: 'no address for the host',
    action: 'keeps using known addresses and asks again',
  },
  tls: {
    name: 'TLS failed',
    meaning: 'certificate or handshake refused',
    action: 'stops: certificate or proxy needs a look',
  },
  proxy: { name: 'Proxy failed', meaning: 'the proxy refused the tunnel', action: 'stops: proxy settings need a look' },
  denied: {
    name: 'Denied',
    meaning: '403 AccessDenied',
    action: 'the object counts as failed; it needs an account with access',
  },
  credentials: {
    name: 'Credentials',
    meaning: 'none, expired or badly signed',
    action: 'stops: credentials must be renewed',
  },
  'clock-skew': {
    name: 'Clock skew',
    meaning: "this machine's clock is too far from the server's",
    action: "signs with the server's time and repeats",
  },
  'missing-bucket': { name: 'No such bucket', meaning: 'NoSuchBucket', action: 'stops: check the name' },
  missing: {
    name: 'Missing',
    meaning: 'the object is gone, or the prefix is empty',
    action: 'the object counts as failed',
  },
  'wrong-region': {
    name: 'Other region',
    meaning: 'the bucket is in another region',
    action: 'repeats in the right region',
  },
  'redirect-refused': {
    name: 'Redirect refused',
    meaning: 'the answer points to another host, or in a loop',
    action: 'does not follow; the object counts as failed',
  },
  changed: {
    name: 'Changed',
    meaning: 'the object changed on the server meanwhile',
    action: 'fetches this one object anew',
  },
  archived: {
    name: 'Archived',
    meaning: 'in Glacier, not readable before a restore',
    action: 'the object counts as failed',
  },
  protocol: {
    name: 'Odd answer',
    meaning: 'the answer contradicts HTTP or the request',
    action: 'drops it and repeats on another connection',
  },
  corrupt: {
    name: 'Checksum mismatch',
    meaning: 'bytes do not match their checksum',
    action: 'fetches once more, then counts as failed',
  },
  'disk-full': { name: 'Disk full', meaning: 'no room on the destination', action: 'stops until there is room' },
  'disk-denied': {
    name: 'Not writable',
    meaning: 'no permission, or a read-only disk',
    action: 'stops: another folder or permission is needed',
  },
  'disk-gone': {
    name: 'Folder gone',
    meaning: 'the destination or its drive is not there',
    action: 'stops until it is back',
  },
  disk: { name: 'Disk error', meaning: 'the file system reported an error', action: 'repeats, and stops if it lasts' },
  locked: {
    name: 'Folder in use',
    meaning: 'another job owns this destination',
    action: 'stops until the other one has ended',
  },
  'unsafe-path': {
    name: 'Unsafe path',
    meaning: 'no safe file path exists for this key',
    action: 'the object counts as failed; nothing is written outside the destination',
  },
  cancelled: { name: 'Cancelled', meaning: 'stopped by you', action: 'nothing' },
  usage: { name: 'Bad setting', meaning: 'a setting that cannot work', action: 'stops: the setting must change' },
}
