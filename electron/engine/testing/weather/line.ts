/** The line as a whole: its capacity, a change of it, a cut, a delay of every answer, a speed for each connection. */
import type { Weather } from './weather.ts'

export const lineCapacity = (bytesPerSecond: number): Weather => ({
  name: `line of ${bytesPerSecond} B/s`,
  lineRate: () => bytesPerSecond,
})

export const capacityChange = (options: { atSeconds: number; before: number; after: number }): Weather => ({
  name: `line changes at ${options.atSeconds} s`,
  lineRate: ({ seconds }) => (seconds < options.atSeconds ? options.before : options.after),
})

export const lineCut = (options: { atSeconds: number; forSeconds: number }): Weather => {
  const isCut = (seconds: number) => seconds >= options.atSeconds && seconds < options.atSeconds + options.forSeconds
  return {
    name: `line cut for ${options.forSeconds} s`,
    lineRate: ({ seconds }) => (isCut(seconds) ? 0 : undefined),
  }
}

/** A box on the way, of address translation or a VPN, has forgotten all connections there were: they lead nowhere any more. */
export const forgottenConnections = (options: { atSeconds: number }): Weather => ({
  name: `connections forgotten at ${options.atSeconds} s`,
  connectionRate: ({ ageSeconds }, { seconds }) =>
    seconds >= options.atSeconds && ageSeconds > seconds - options.atSeconds ? 0 : undefined,
})

export const connectionSpeed = (bytesPerSecond: number): Weather => ({
  name: `${bytesPerSecond} B/s per connection`,
  connectionRate: () => bytesPerSecond,
})

export const latency = (milliseconds: number): Weather => ({
  name: `${milliseconds} ms before each answer`,
  fate: () => ({ kind: 'delay', milliseconds }),
})
