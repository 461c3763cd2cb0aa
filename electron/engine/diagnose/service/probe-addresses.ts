/** Connects to each address of a host and says which cannot be reached. No request is sent. */
import { connect } from 'node:net'
import type { Clock } from '../../engine-ports.ts'

export type Reach = {
  /** The first address that can be connected to, or the first one at all; undefined without addresses. */
  address: string | undefined
  /** Those that cannot, where another one can. */
  dead: string[]
}

export const UNKNOWN_REACH: Reach = { address: undefined, dead: [] }

/** A connection whose first packet is lost is up after a second and a round trip (RFC 6298, 2.1). */
const PATIENCE_MS = 2500
const MOST_ADDRESSES = 8

type Found = 'reached' | 'dead' | 'no-way'

export async function probeAddresses(addresses: readonly string[], port: number, clock: Clock): Promise<Reach> {
  const [first] = addresses
  if (addresses.length < 2) return { address: first, dead: [] }
  const tried = addresses.slice(0, MOST_ADDRESSES)
  const found = await Promise.all(tried.map((address) => tryConnect(address, port, clock)))
  const reached = tried.find((_, index) => found[index] === 'reached')
  if (reached === undefined) return { address: first, dead: [] }
  return { address: reached, dead: tried.filter((_, index) => found[index] === 'dead') }
}

/** `no-way`: not the fault of the address; this machine has no IPv6, for instance. */
function tryConnect(address: string, port: number, clock: Clock): Promise<Found> {
  const done = Promise.withResolvers<Found>()
  const socket = connect({ host: address, port })
  const stopTimer = clock.after(PATIENCE_MS, () => done.resolve('dead'))
  socket.once('connect', () => done.resolve('reached'))
  socket.once('error', ({ code = '' }: NodeJS.ErrnoException) => done.resolve(NO_WAY.has(code) ? 'no-way' : 'dead'))
  return done.promise.finally(() => {
    stopTimer()
    socket.destroy()
  })
}

const NO_WAY: ReadonlySet<string> = new Set(['ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'])
