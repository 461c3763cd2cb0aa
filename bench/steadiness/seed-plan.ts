/**
 * The user's own cures, as the seed report writes them down: A, a delay before each request that follows the success
 * rate of the last 100; B, a new client every hour; C, half the workers after two hours; D, a HEAD that must answer
 * within five seconds, or the client is rebuilt. Hours are as long as the benchmark says; A and D keep their seconds.
 */
const RECENT_REQUESTS = 100
const RECENT_SECONDS = 60
const MAX_DELAY_SECONDS = 5
const UNHEALTHY_SECONDS = 5
/** The report checks "in the download loop"; here as often as Longhaul does, in hours. */
const HEALTH_CHECK_HOURS = 1 / 60

export function createSeedPlan(options: { hourSeconds: number; workers: number; rebuild(): void }) {
  const { hourSeconds, workers, rebuild } = options
  const now = () => performance.now() / 1000
  const startedAt = now()
  let recent: { at: number; ok: boolean }[] = []
  let delay = 0
  let head: ((key: string) => Promise<void>) | undefined
  let key: string | undefined

  setInterval(rebuild, hourSeconds * 1000)
  setInterval(() => void check(), Math.max(1, HEALTH_CHECK_HOURS * hourSeconds) * 1000)

  async function check(): Promise<void> {
    if (!head || key === undefined) return
    const requestedAt = now()
    const isHealthy = await head(key).then(
      () => now() - requestedAt <= UNHEALTHY_SECONDS,
      () => false,
    )
    if (!isHealthy) rebuild()
  }

  return {
    /** Plan C. */
    mayWork(worker: number): boolean {
      const isLong = now() - startedAt > 2 * hourSeconds
      return worker < (isLong ? Math.max(2, Math.floor(workers / 2)) : workers)
    },
    /** Plan A. */
    delaySeconds: () => delay,
    record(ok: boolean): void {
      recent.push({ at: now(), ok })
      recent = recent.slice(-RECENT_REQUESTS)
      const counted = recent.filter(({ at }) => now() - at < RECENT_SECONDS)
      const successRate = counted.filter((request) => request.ok).length / counted.length
      if (successRate < 0.9) delay = Math.min(MAX_DELAY_SECONDS, delay + 0.1)
      else if (successRate > 0.95 && delay > 0) delay = Math.max(0, delay - 0.05)
    },
    /** Plan D: how the current client asks for a head. */
    watch(ask: (key: string) => Promise<void>): void {
      head = ask
    },
    noteKey(listed: string): void {
      key ??= listed
    },
  }
}
