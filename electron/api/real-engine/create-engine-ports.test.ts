import { expect, it } from 'vitest'
import { createMemoryReader } from './create-engine-ports.ts'

it('what was last known of the memory stands where it cannot be read, as too many files are open', () => {
  const answers = [150e6, undefined, 160e6]
  const memory = createMemoryReader(() => {
    const bytes = answers.shift()
    if (bytes === undefined) throw new Error('EMFILE: too many open files, uv_resident_set_memory')
    return bytes
  })
  expect([memory(), memory(), memory()]).toEqual([150e6, 150e6, 160e6])
})
