/**
 * Behind the address a balancer spreads connections over several
 * servers, of which a share refuses whatever it is asked.
 */
import type { Weather } from './weather.ts'

export const badServer = (options: { share: number; status: number }): Weather => ({
  name: `${options.share} of the connections meet a server that answers ${options.status}`,
  fate({ kind, connection }) {
    if (kind !== 'get' || !isBad(connection.id, options.share)) return undefined
    return { kind: 'refuse', status: options.status, code: options.status === 503 ? 'SlowDown' : 'InternalError' }
  },
})

/** Always the same for one connection; spread by the golden ratio (Knuth, The Art of Computer Programming 6.4). */
const isBad = (connectionId: number, share: number): boolean => (connectionId * 0.618_033_988_75) % 1 < share
