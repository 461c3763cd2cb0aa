/** Connections lose speed with age, as behind a router that punishes long flows: speed = fresh * exp(-age / tau). */
import type { Weather } from './weather.ts'

export const ageingConnections = (options: { tauSeconds: number; bytesPerSecond: number }): Weather => ({
  name: `connections age (tau ${options.tauSeconds} s)`,
  connectionRate: ({ ageSeconds }) => options.bytesPerSecond * Math.exp(-ageSeconds / options.tauSeconds),
})
