import { expect, it } from 'vitest'
import type { Credentials } from '../../engine/list/bucket-client.ts'
import { keepCredentials } from './keep-credentials.ts'

const HOUR = 3_600_000

/** Somebody who gives keys that are good for an hour, or for ever, and who may be away. */
function createGiver({ lastMs = HOUR }: { lastMs?: number | undefined } = {}) {
  const world = { now: 0, isAway: false, asked: [] as (boolean | undefined)[] }
  const keep = keepCredentials(
    async (areRefused): Promise<Credentials> => {
      world.asked.push(areRefused)
      if (world.isAway) throw new Error('away')
      const keys = { accessKeyId: `key ${world.asked.length}`, secretAccessKey: 'secret' }
      return lastMs === Number.POSITIVE_INFINITY ? keys : { ...keys, expiresAt: world.now + lastMs }
    },
    () => world.now,
  )
  const keyId = async (areRefused?: boolean) => (await keep(areRefused)).accessKeyId
  return { world, keyId }
}

it('asks once for all who want keys, and not again while they are good', async () => {
  const { world, keyId } = createGiver()
  expect(await Promise.all([keyId(), keyId()])).toEqual(['key 1', 'key 1'])
  world.now = HOUR - 300_000
  expect(await keyId()).toBe('key 1')
  expect(world.asked).toHaveLength(1)
})

it('in their last five minutes the old ones are given while new ones are fetched', async () => {
  const { world, keyId } = createGiver()
  await keyId()
  world.now = HOUR - 299_000
  expect(await keyId()).toBe('key 1')
  await Promise.resolve()
  expect(await keyId()).toBe('key 2')
})

it('keys that are refused are asked for anew, and that is said', async () => {
  const { world, keyId } = createGiver()
  await keyId()
  expect(await keyId(true)).toBe('key 2')
  expect(world.asked).toEqual([undefined, true])
})

it('when nobody gives new ones the old ones are good until they expire, refused or not', async () => {
  const { world, keyId } = createGiver()
  await keyId()
  world.isAway = true
  world.now = HOUR - 1
  expect(await keyId()).toBe('key 1')
  expect(await keyId(true)).toBe('key 1')
  world.now = HOUR
  await expect(keyId()).rejects.toThrow('away')
})

it('... but not such as have no end and are refused', async () => {
  const { world, keyId } = createGiver({ lastMs: Number.POSITIVE_INFINITY })
  await keyId()
  world.isAway = true
  world.now = 100 * HOUR
  expect(await keyId()).toBe('key 1')
  await expect(keyId(true)).rejects.toThrow('away')
})
