/**
 * The shell over the decisions of this folder: ticks its parts ten times a second, and carries out the user's commands.
 * Which parts there are and how they are connected is in `governor-parts.ts`.
 */
import { type JobLimits, threadCeiling } from '../../../shared/job-spec.ts'
import type { GoodputSample } from './concurrency/concurrency-keeper.ts'
import { createGovernorParts, type GovernorOptions } from './governor-parts.ts'
import { sumUpConnections } from './network/address-connections.ts'

export type Governor = ReturnType<typeof createGovernor>

export function createGovernor(options: GovernorOptions) {
  const { book, emit } = options
  const { dataPlane } = options.ports
  const now = options.ports.clock.monotonic
  let isPaused = false
  let isStopped = false
  const parts = createGovernorParts(options, () => isPaused || isStopped)
  const { window, gates, addresses, health, rolling, network, probe, remaining, rest, pool, speed, decay } = parts
  const { concurrency, bucket, ageing, shortage, dispatcher, retries, healer, limits, view } = parts
  const { mayWork, hasRequests, rebuild } = parts

  async function start(signal: AbortSignal): Promise<void> {
    dataPlane.setRateLimit(speed.limit() ?? 0)
    signal.addEventListener('abort', () => pool.closeAll('stopped'), { once: true })
    emit('pool-warming', { size: concurrency.level() })
    await bucket.renew(signal)
    dispatcher.startWarming()
    network.startOver()
    rolling.restartClock()
    concurrency.start()
    dispatcher.fill()
  }

  // -- ten times a second -------------------------------------------------------------------------------------

  function tick(): void {
    const at = now()
    pool.tick()
    measure()
    bucket.tick()
    remaining.tick()
    rest.tick()
    if (mayWork()) {
      watchNetwork()
      const isHeld = speed.isHeldBack()
      const { firstByteMsP50, firstByteMsP95 } = window.read(at)
      healer.heal({ retireAgeSeconds: ageing.retireAgeSeconds(), firstByteMsP95, isHeldBack: isHeld })
      ageing.tick({
        now: at,
        receivedBytes: speed.bytes(),
        level: concurrency.level(),
        isHeldBack: isHeld || gates.isHoldingBack(),
        firstByteMs: firstByteMsP50,
      })
      judgeAddresses()
      concurrency.tune(goodput())
      rolling.advance([...pool.connections()].filter((connection) => !connection.closing))
      health.tick()
    }
    healer.tick()
    dispatcher.pump()
  }

  function measure(): void {
    const newBytes = speed.tick({ received: pool.bytesReceived(), blockedMs: dataPlane.blockedMs() })
    if (newBytes > 0) network.noteBytes()
    for (const { task, firstByteAt, taskStartedAt } of pool.connections())
      if (task && firstByteAt > 0) network.noteGrant(taskStartedAt)
    // When nothing is left to hand out, fewer connections work, and what they reach together is no decay.
    const isWorking = mayWork() && pool.size > 0 && (!options.isListingComplete() || book.hasWaitingWork())
    decay.tick({ newBytes, isWorking })
  }

  function judgeAddresses(): void {
    const sums = sumUpConnections(pool.connections(), { now: now(), isSettled: ageing.isSettled })
    for (const { address, cause } of addresses.tick(sums)) {
      for (const connection of pool.connections()) if (connection.address === address) connection.leaving ??= 'address'
      // Its refusals were not a budget's, and its failures not the service's.
      if (cause === 'refusals') gates.startOver()
      if (cause === 'failures') window.excuseServer(address, now())
    }
  }

  const goodput = (): GoodputSample => ({
    bytes: speed.bytes(),
    firstByteMs: window.read(now()).firstByteMsP50,
    isHeld: gates.isHoldingBack() || speed.isHeldBack() || network.isLost(),
  })

  function watchNetwork(): void {
    const hasWork = book.counts().open > 0 || pool.size > 0 || options.isRereading()
    // Files are being read, or all that is listed has arrived: nothing else is expected from the network.
    if (!book.wantsBytes() && network.isAnswering()) network.startOver()
    if (hasWork) probe.tick(network.silentMs())
    const isGone = network.tick({
      hasWork,
      isHeldBack: gates.longestWaitMs() > 0 || speed.isHeldBack(),
      hasRequests: hasRequests(),
    })
    if (!isGone) return
    const failureClass = addresses.isFailing ? 'dns' : 'connect'
    const why = network.refusal() ?? network.serviceFailure() ?? { class: failureClass, code: 'network-gone' }
    options.onFatal({ ...why, subject: bucket.current()?.hostHeader ?? '' })
  }

  // -- commands of the user ------------------------------------------------------------------------------------

  function setLimits(wanted: JobLimits): void {
    const threads = threadCeiling(wanted)
    const threadsBefore = concurrency.threads()
    const { limitBytesPerSecond } = wanted
    const isOtherRate = limitBytesPerSecond !== speed.limit()
    if (threads === threadsBefore && !isOtherRate) return
    emit('limits-changed', {
      ...(threads === threadsBefore ? {} : { threadsBefore, threads }),
      ...(isOtherRate ? { limitBytesPerSecond: limitBytesPerSecond ?? 'none' } : {}),
    })
    if (isOtherRate) dataPlane.setRateLimit(limitBytesPerSecond ?? 0)
    speed.setLimit(limitBytesPerSecond)
    decay.startOver()
    limits.startOver()
    concurrency.setThreads(threads, goodput())
    dispatcher.pump()
  }

  return {
    start,
    tick,
    pump: dispatcher.pump,
    /** The bucket turned out to be elsewhere, or credentials were renewed. */
    renewEndpoint: bucket.renew,
    pause() {
      isPaused = true
      pool.closeAll('paused')
    },
    resume() {
      isPaused = false
      network.startOver()
      dispatcher.fill()
    },
    rebuild,
    coolDown: rest.coolDown,
    endCoolDown: rest.endCoolDown,
    setLimits,
    stop() {
      isStopped = true
      pool.closeAll('stopped')
    },
    /** After the data plane is down. */
    forgetConnections: pool.forgetAll,
    closeConnection(connectionId: number, why: string) {
      const connection = pool.get(connectionId)
      if (connection) pool.close(connection, why)
    },
    speedOfConnection: (connectionId: number) => pool.get(connectionId)?.bytesPerSecond ?? 0,
    retryAfterMs: retries.retryAfterMs,
    listRetryAfterMs: retries.listRetryAfterMs,
    othersAnsweredAt: network.othersAnsweredAt,
    noteShortOfFiles: shortage.note,
    ...view,
  }
}
