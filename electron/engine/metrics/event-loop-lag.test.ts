import { expect, it } from 'vitest'
import { createLagGauge } from './event-loop-lag.ts'

/** What happens, and what a look then tells. The timer beats every 20 ms when it can. */
const rows: [sentence: string, happens: (world: World) => void, lagMs: number][] = [
  ['an idle loop has no lag', (world) => world.pass(1000), 0],
  [
    'a block of 800 ms is told',
    (world) => {
      world.pass(100)
      world.block(800)
      world.pass(100)
    },
    780,
  ],
  [
    'one that begins just after a look is told by the next',
    (world) => {
      world.pass(1000)
      world.look()
      world.block(800)
      world.pass(200)
    },
    780,
  ],
  ['one after which no timer has fired yet is told as well', (world) => world.wait(500), 480],
  ['a machine that has slept is not a busy one', (world) => world.block(120_000), 0],
  [
    'what was told is told once',
    (world) => {
      world.block(800)
      world.look()
      world.pass(1000)
    },
    0,
  ],
]

type World = ReturnType<typeof createWorld>

function createWorld() {
  let now = 0
  const gauge = createLagGauge(() => now, 20)
  const wait = (milliseconds: number): void => {
    now += milliseconds
  }
  const block = (milliseconds: number): void => {
    wait(milliseconds)
    gauge.beat()
  }
  return {
    look: gauge.readMs,
    wait,
    block,
    pass(milliseconds: number): void {
      for (let passed = 0; passed < milliseconds; passed += 20) block(20)
    },
  }
}

it.each(rows)('%s', (_, happens, lagMs) => {
  const world = createWorld()
  happens(world)
  expect(world.look()).toBe(lagMs)
})
