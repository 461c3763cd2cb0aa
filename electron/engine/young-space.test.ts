import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'

const MODULE = pathToFileURL(join(import.meta.dirname, 'young-space.ts')).href

/**
 * MB that V8 gives to young objects in a process of its own,
 * after some hundred MB of them, part of which live for a while.
 */
function roomFor(prepare: string): number {
  const script = `import { setImmediate } from 'node:timers/promises'
    import { getHeapSpaceStatistics } from 'node:v8'
    ${prepare}
    const living = []
    for (let count = 0; count < 6e6; count++) {
      living[Math.floor(Math.random() * 60_000)] = { count, parts: [count, count], name: 'n' + count }
      if (count % 10_000 === 0) await setImmediate()
    }
    console.log(getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size / 1024 ** 2)`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  return Number(stdout || stderr)
}

test('the room for young objects stays where it is enough, on a machine with much memory too', () => {
  const bound = roomFor(`import { boundOwnYoungSpace } from ${JSON.stringify(MODULE)}; boundOwnYoungSpace()`)
  expect(bound).toBeGreaterThan(0)
  expect(bound).toBeLessThanOrEqual(33)
})
