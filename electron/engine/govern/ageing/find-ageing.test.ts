import { describe, expect, it } from 'vitest'
import { type ConnectionSpeed, foldSpeed } from '../connections/connection-speed.ts'
import { type AgeingAction, type AgeingSample, type AgeingState, findAgeing, startAgeing } from './find-ageing.ts'

type Connection = { id: number; openedAt: number }
/** `speedOf`: bytes per second that arrive just then; what is made of it is smoothed as in the pool. */
type Pool = { connections: Connection[]; speedOf(connection: Connection, now: number): number }

/** Lets a pool of eight live for `seconds`, and does what the decision says. */
function live(pool: Pool, seconds: number, change: (now: number) => Partial<AgeingSample> = () => ({})) {
  let state: AgeingState = startAgeing()
  let nextId = 100
  const speeds = new Map<number, ConnectionSpeed>()
  const actions: (AgeingAction & { seconds: number })[] = []
  let receivedBytes = 0
  for (let now = 0; now <= seconds * 1000; now += 100) {
    const connections = pool.connections.map((connection) => {
      const before = speeds.get(connection.id) ?? { workedMs: 0, workedBytes: 0, bytesPerSecond: 0 }
      const bytes = pool.speedOf(connection, now) / 10
      const speed = foldSpeed(before, { elapsedMs: 100, bytes })
      receivedBytes += bytes
      speeds.set(connection.id, speed)
      return { ...connection, ...speed, lastByteAt: now, isSettled: now - connection.openedAt >= 1000 }
    })
    const sample = {
      now,
      connections,
      receivedBytes,
      level: 8,
      setUpSeconds: 0.1,
      ceilingSeconds: 3600,
      isHeldBack: false,
      ...change(now),
    }
    const found = findAgeing(state, sample)
    state = found.state
    if (!found.action) continue
    actions.push({ ...found.action, seconds: now / 1000 })
    const { action } = found
    if (action.kind === 'experiment') {
      pool.connections = [
        ...pool.connections.filter((connection) => connection.id !== action.id),
        { id: nextId++, openedAt: now },
      ]
    }
  }
  return actions
}

const eight = () => Array.from({ length: 8 }, (_, id) => ({ id, openedAt: 0 }))
const kinds = (actions: AgeingAction[]) => actions.map((action) => action.kind)

describe('when all connections slow down together', () => {
  it('one is replaced; if it is fast again, ageing is proven and its time constant learned', () => {
    const speedOf = (connection: Connection, now: number) => 2e6 * Math.exp(-(now - connection.openedAt) / 15_000)
    const actions = live({ connections: eight(), speedOf }, 20)
    expect(kinds(actions).slice(0, 2)).toEqual(['experiment', 'learned'])
    const learned = actions[1]
    expect(learned).toMatchObject({ kind: 'learned' })
    if (learned?.kind !== 'learned') return
    expect(learned.seconds).toBeLessThan(8)
    expect(learned.tauSeconds).toBeGreaterThan(12)
    expect(learned.tauSeconds).toBeLessThan(18)
    expect(learned.retireAgeSeconds).toBeCloseTo(Math.sqrt(2 * learned.tauSeconds * 0.1))
  })

  it('if it is no faster the line is slow: nothing is touched, and the next experiment waits', () => {
    const speedOf = (_: Connection, now: number) => (now < 10_000 ? 2e6 : 2e6 * Math.exp(-(now - 10_000) / 60_000))
    const actions = live({ connections: eight(), speedOf }, 300)
    expect(kinds(actions)).not.toContain('learned')
    const experiments = actions.filter(({ kind }) => kind === 'experiment')
    expect(experiments.length).toBeGreaterThan(1)
    expect(experiments.length).toBeLessThan(10)
  })

  it('no experiment is made while the disk, throttling or a limit explains it', () => {
    const speedOf = (_: Connection, now: number) => (now < 10_000 ? 2e6 : 1e6)
    expect(live({ connections: eight(), speedOf }, 60, (now) => ({ isHeldBack: now >= 10_000 }))).toEqual([])
  })

  it('a pool that recovers from such a time is not taken for an aged one', () => {
    // The smoothed speeds of the old connections still show the stall, that of a fresh one does not.
    const speedOf = (_: Connection, now: number) => (now >= 10_000 && now < 15_000 ? 0 : 2e6)
    const actions = live({ connections: eight(), speedOf }, 40, (now) => ({
      isHeldBack: now >= 10_000 && now < 15_000,
    }))
    expect(actions).toEqual([])
  })

  it('a trial of more connections that ends while the fresh one is judged does not make it look faster', () => {
    // A full line: while 32 share it each has a quarter of what one of eight has.
    const speedOf = (_: Connection, now: number) => (now > 10_000 && now < 11_800 ? 0.5e6 : 2e6)
    const actions = live({ connections: eight(), speedOf }, 30)
    expect(kinds(actions)).toEqual(['experiment', 'not-ageing'])
  })

  it('chance differences as large as those among the old ones prove nothing', () => {
    const speedOf = (connection: Connection, now: number) =>
      connection.id >= 100 ? 1.6e6 : now < 5000 ? 2e6 : 0.9e6 + 0.15e6 * connection.id
    expect(kinds(live({ connections: eight(), speedOf }, 60))).not.toContain('learned')
  })

  it('what one experiment has shown is forgotten if nothing confirms it', () => {
    // Connections age during the first minute only.
    const speedOf = (connection: Connection, now: number) =>
      now < 60_000 ? 2e6 * Math.exp(-(now - connection.openedAt) / 15_000) : 2e6
    const actions = live({ connections: eight(), speedOf }, 600)
    expect(actions.filter(({ kind, seconds }) => kind === 'learned' && seconds > 70)).toEqual([])
  })
})
