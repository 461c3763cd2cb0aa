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

/**
 * A box on the way, of address translation or a VPN, has forgotten
 * all connections there were: they lead nowhere any more.
 */
export const forgottenConnections = (options: { atSeconds: number }): Weather => ({
  name: `connections forgotten at ${options.atSeconds} s`,
  connectionRate: ({ ageSeconds }, { seconds }) =>
    seconds >= options.atSeconds && ageSeconds > seconds - options.atSeconds ? 0 : undefined,
})

export const connectionSpeed = (bytesPerSecond: number): Weather => ({
  name: `${bytesPerSecond} B/s per connection`,
  connectionRate: () => bytesPerSecond,
})

/**
 * A full line on which a fresh connection takes more than its share, from the others: TCP's start presses harder than
 * what comes later, and where the line keeps seconds of data in its queue the old ones give way for a while.
 */
export const pushyStarts = (options: { weight: number; tauSeconds: number; spread: number }): Weather => ({
  name: `fresh connections take ${options.weight} times their share`,
  connectionWeight: ({ id, ageSeconds }, { seconds }) =>
    1 +
    (options.weight - 1) * Math.exp(-ageSeconds / options.tauSeconds) +
    options.spread * Math.sin(id * 7.3 + seconds / (5 + (id % 7))),
})

export const latency = (milliseconds: number): Weather => ({
  name: `${milliseconds} ms before each answer`,
  fate: () => ({ kind: 'delay', milliseconds }),
})
