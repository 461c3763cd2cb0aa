import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Limit } from '../../../../shared/metrics-snapshot.ts'
import { replayTrace, TROUBLE_AT_MINUTES, unpackTrace } from './trace.ts'

const ENDING = '.ndjson.gz'
const read = (name: string): Buffer => readFileSync(join(import.meta.dirname, `${name}${ENDING}`))
const replay = (name: string) => replayTrace(unpackTrace(read(name)))
const number = expect.any(Number)

const troubles: [name: string, cause: Limit['code'], evidence: Record<string, unknown>][] = [
  ['line-halves', 'line', { bytesPerSecond: number, concurrency: 4, threads: 4 }],
  ['line-sinks', 'line', { bytesPerSecond: number, concurrency: 4, threads: 4 }],
  ['throttled-503', 'throttling', { requestsPerSecond: number, successRate: number }],
  ['throttled-429', 'throttling', { requestsPerSecond: number, successRate: number }],
  ['connections-age', 'ageing', { tauSeconds: number, ageSeconds: number }],
  ['connections-fall-silent', 'silence', { lostShare: number }],
  ['disk-slow', 'disk', { writeMs: number }],
  ['processor-busy', 'cpu', { loopLagMs: number }],
  ['network-comes-and-goes', 'network-lost', { seconds: number }],
]

/** What held the speed most of the time since the trouble came. */
const healthy: [name: string, held: Limit['code']][] = [
  ['calm', 'line'],
  ['line-restless', 'line'],
  ['pool-rebuilt', 'line'],
  ['closed-after-100', 'line'],
  // Six of seven answers are refused and asked for again within their second: the speed stays.
  ['server-fails', 'server'],
  ['holes-healed', 'line'],
  ['ageing-healed', 'ageing'],
  // Its connections are replaced one by one before there is proof enough against it.
  ['address-healed', 'line'],
  ['dns-dead', 'line'],
  ['cut-healed', 'line'],
  // The limit on requests is lifted half a minute after the last refusal, which are seven here.
  ['throttling-ends', 'throttling'],
  ['own-limit', 'user-limit'],
]

describe('a recorded trouble raises the alert, with its cause and the numbers behind it', () => {
  it.each(troubles)('%s: %s', (name, cause, evidence) => {
    const [alert] = replay(name).alerts
    expect(alert).toMatchObject({ cause, evidence })
    expect(alert?.bytesPerSecond).toBeLessThan(0.85 * (alert?.baselineBytesPerSecond ?? 0))
    expect(alert?.slopeMegabytesPerSecondPerHour).toBeLessThan(0)
  })
})

describe('a healthy or a healed run raises none, and the line says what held it', () => {
  it.each(healthy)('%s: %s', (name, held) => {
    const { alerts, heldMinutes } = replay(name)
    expect(alerts).toEqual([])
    const [most] = Object.entries(heldMinutes(TROUBLE_AT_MINUTES)).sort(([, one], [, other]) => other - one)
    expect(most?.[0]).toBe(held)
  })
})

describe('the recordings', () => {
  const recorded = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith(ENDING))
    .map((name) => name.slice(0, -ENDING.length))

  it('are all of them replayed here', () => {
    expect(recorded.sort()).toEqual([...troubles, ...healthy].map(([name]) => name).sort())
  })
  it.each(recorded)('%s names no folder and no address but those of loopback', (name) => {
    const text = gunzipSync(read(name)).toString()
    expect(text).not.toMatch(/\/|\\|@/)
    expect(text.match(/"(?:\d+\.){3}\d+"/g)?.filter((address) => !address.startsWith('"127.0.0.')) ?? []).toEqual([])
  })
})
