import { describe, expect, it } from 'vitest'
import { type Failure, failed, type Outcome, success } from '../../../../shared/failure.ts'
import type { Endpoint } from '../../engine-ports.ts'
import { createVirtualClock } from '../../testing/simulator/virtual-clock.ts'
import { createEndpointKeeper } from './endpoint-keeper.ts'

const MINUTE = 60

const ENDPOINT: Endpoint = {
  tls: true,
  hostHeader: 's3.example',
  hostname: 's3.example',
  port: 443,
  basePath: '/',
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
}

/** A keeper whose source answers what the test says. */
async function createKeeper(first: Outcome<Endpoint>) {
  const clock = createVirtualClock()
  const fatal: Failure[] = []
  const asked: { areRefused?: boolean; region?: string }[] = []
  let answer = first
  const keeper = createEndpointKeeper({
    clock,
    source: {
      async endpoint(_signal: AbortSignal, heard: { areRefused?: boolean; region?: string }) {
        asked.push(heard)
        return answer
      },
    } as never,
    onMoved: async () => {},
    onFatal: (failure) => void fatal.push(failure),
  })
  await keeper.renew()
  return {
    keeper,
    fatal,
    asked,
    clock,
    async lookAfter(seconds: number, failure: Failure) {
      answer = failed(failure)
      await clock.runUntil(seconds)
      keeper.tick()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

describe('credentials that cannot be renewed', () => {
  const refused: Failure = { class: 'credentials', code: 'CredentialsProviderError' }
  const unreachable: Failure = { class: 'dns', code: 'ENOTFOUND' }

  it('end the job', async () => {
    const { fatal, lookAfter } = await createKeeper(success(ENDPOINT))
    await lookAfter(2 * MINUTE, refused)
    expect(fatal).toEqual([refused])
  })

  it('for a network that is away end none: that is for the network to be judged by', async () => {
    const { keeper, fatal, lookAfter } = await createKeeper(success(ENDPOINT))
    await lookAfter(2 * MINUTE, unreachable)
    expect(fatal).toEqual([])
    expect(keeper.current()).toBe(ENDPOINT)
  })

  it('... but one that has never had any', async () => {
    const { fatal } = await createKeeper(failed(unreachable))
    expect(fatal).toEqual([unreachable])
  })
})

describe('credentials that are refused', () => {
  const expired: Failure = { class: 'credentials', code: 'ExpiredToken', httpStatus: 400 }

  it('are looked for anew, at most once a second', async () => {
    const { keeper, asked, clock } = await createKeeper(success(ENDPOINT))
    await clock.runUntil(2)
    for (let each = 0; each < 5; each++) keeper.noteRefused(expired, 16)
    expect(asked).toEqual([{}, { areRefused: true }])
  })

  it('end the job, whatever was granted before the first refusal and ends only now', async () => {
    const { keeper, fatal, clock } = await createKeeper(success(ENDPOINT))
    await clock.runUntil(10)
    for (let each = 0; each < 7; each++) {
      keeper.noteRefused(expired, 2)
      keeper.noteAccepted(clock.monotonic() - 1000)
    }
    expect(fatal).toEqual([expired])
  })

  it('... but do not while others are granted that were sent later', async () => {
    const { keeper, fatal, clock } = await createKeeper(success(ENDPOINT))
    await clock.runUntil(10)
    for (let each = 0; each < 50; each++) {
      keeper.noteRefused(expired, 2)
      keeper.noteAccepted(clock.monotonic() + 1)
    }
    expect(fatal).toEqual([])
  })
})

it('an object that is told to be in another region moves the endpoint there', async () => {
  const { keeper, asked } = await createKeeper(success(ENDPOINT))
  keeper.noteElsewhere({ class: 'wrong-region', region: 'eu-west-1' })
  expect(asked).toEqual([{}, { region: 'eu-west-1' }])
})
