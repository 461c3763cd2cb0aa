/** Nothing happens: as fast as the machine can. The row every other weather is compared with. */
import type { Weather } from './weather.ts'

export const calm = (): Weather => ({ name: 'calm' })
