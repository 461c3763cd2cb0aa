import { describe, expect, it } from 'vitest'
import { BIG, NOON, SMALL, startRun } from './testing/landing-run.ts'

describe('an object that may have changed', () => {
  it('is asked for, and pinned as what it is now', async () => {
    const { key, size } = BIG
    const run = await startRun([{ ...BIG, version: 2 }], {
      listed: [{ key, size, etag: 'as listed', lastModified: 1 }],
    })
    expect(await run.landing.isStill(0)).toEqual({ ok: true, value: false })
    expect((await run.landing.repin(0)).ok).toBe(true)
    expect(await run.landing.isStill(0)).toEqual({ ok: true, value: true })
    expect(run.table.lastModified(0)).toBe(NOON)
  })

  it('and is gone instead fails by what was answered', async () => {
    const run = await startRun([SMALL], { listed: [BIG] })
    expect(await run.landing.isStill(0)).toMatchObject({ ok: false, failure: { class: 'missing' } })
    expect(await run.landing.repin(0)).toMatchObject({ ok: false, failure: { class: 'missing' } })
  })
})
