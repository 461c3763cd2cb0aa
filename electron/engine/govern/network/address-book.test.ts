/**
 * What the book makes of DNS answers: addresses of IPv6 beside such of IPv4 are for where the latter cannot be reached.
 */
import { describe, expect, it } from 'vitest'
import { type Outcome, success } from '../../../../shared/failure.ts'
import { policySchema } from '../../../../shared/policy.ts'
import type { Resolution } from '../../engine-ports.ts'
import { createVirtualClock } from '../../testing/simulator/virtual-clock.ts'
import { createAddressBook } from './address-book.ts'

const V4 = '192.0.2.1'
const V6 = '2001:db8::1'

async function openBook(resolution: { addresses: string[]; alternatives?: string[] }, policy = {}) {
  const book = createAddressBook({
    clock: createVirtualClock(),
    random: () => 0,
    resolver: { resolve: async () => success({ ...resolution, ttlSeconds: 60, milliseconds: 1, from: 'system' }) },
    policy: policySchema.parse(policy),
    emit() {},
  })
  await book.open('s3.example')
  return book
}

const addressesOf = (book: Awaited<ReturnType<typeof openBook>>) => book.records().map(({ address }) => address)

describe('a host with addresses of both kinds', () => {
  it('is reached over IPv4', async () => {
    const book = await openBook({ addresses: [V4], alternatives: [V6] })
    expect(addressesOf(book)).toEqual([V4])
  })

  it('over IPv6 as well where no connection of IPv4 could be opened, also after the next look-up', async () => {
    const book = await openBook({ addresses: [V4], alternatives: [V6] })
    book.noteUnreachable(V4, 1)
    expect(addressesOf(book)).toEqual([V4, V6])
    await book.refresh()
    expect(addressesOf(book)).toEqual([V4, V6])
  })

  it('not for a connection that fails once another has been opened', async () => {
    const book = await openBook({ addresses: [V4], alternatives: [V6] })
    book.noteReached()
    book.noteUnreachable(V4, 1)
    expect(addressesOf(book)).toEqual([V4])
  })

  it.each([2.01, 0.0015, 1e7])('is asked for with a patience of %d seconds', async (dnsTimeoutSeconds) => {
    expect(addressesOf(await openBook({ addresses: [V4] }, { dnsTimeoutSeconds }))).toEqual([V4])
  })

  it('begins anew with another host', async () => {
    const book = await openBook({ addresses: [V4], alternatives: [V6] })
    book.noteUnreachable(V4, 1)
    await book.open('other.example')
    expect(addressesOf(book)).toEqual([V4])
  })
})

describe('a bucket that turns out to be at another host', () => {
  const OTHER = '198.51.100.1'
  const found = (address: string): Outcome<Resolution> =>
    success({ addresses: [address], ttlSeconds: 60, milliseconds: 1, from: 'system' })

  /** A book whose look-ups are answered when the test says so. */
  function createSlowBook() {
    const answers: ((resolution: Outcome<Resolution>) => void)[] = []
    const book = createAddressBook({
      clock: createVirtualClock(),
      random: () => 0,
      resolver: { resolve: () => new Promise((resolve) => answers.push(resolve)) },
      policy: policySchema.parse({}),
      emit() {},
    })
    const answer = async (address: string) => {
      answers.shift()?.(found(address))
      await new Promise((resolve) => setImmediate(resolve))
    }
    return { book, answer }
  }

  it('has no connection opened to the host before, whose own are closed while the new one is looked up', async () => {
    const { book, answer } = createSlowBook()
    void book.open('here.example')
    await answer(V4)
    book.noteOpening(V4)
    void book.open('there.example')
    book.noteClosed(V4, 0)
    expect(book.choose()).toBeUndefined()
    await answer(OTHER)
    expect(addressesOf(book)).toEqual([OTHER])
  })

  it('is looked up for itself, though the answer for the host before comes in between', async () => {
    const { book, answer } = createSlowBook()
    void book.open('here.example')
    const opened = book.open('there.example')
    await answer(V4)
    expect(book.choose()).toBeUndefined()
    await answer(OTHER)
    await opened
    expect(addressesOf(book)).toEqual([OTHER])
  })
})

describe('a host of which every connection is turned away', () => {
  it('is so only when each of its addresses has been tried', async () => {
    const book = await openBook({ addresses: [V4, '192.0.2.2'] })
    book.noteUnreachable(V4, 1)
    expect(book.haveAllFailed()).toBe(false)
    book.noteUnreachable('192.0.2.2', 1)
    expect(book.haveAllFailed()).toBe(true)
  })

  it('is not where one has come up', async () => {
    const book = await openBook({ addresses: [V4] })
    book.noteReached()
    book.noteUnreachable(V4, 1)
    expect(book.haveAllFailed()).toBe(false)
  })
})
