/**
 * Every constant that decides how speed is held, with its unit and where it comes from.
 * Units are in the names. `--policy FILE.json` overrides any subset, so that hours can be run as seconds.
 */
import { z } from 'zod'
import type { Outcome } from './failure.ts'
import { failed, success } from './failure.ts'

const seconds = (byDefault: number) => z.number().min(0).default(byDefault)
const ratio = (byDefault: number) => z.number().min(0).max(1).default(byDefault)

export const policySchema = z.strictObject({
  // -- one connection (DESIGN 6.1)
  /** No body byte for this long = stalled. TCP's own retransmission gives up only after minutes. */
  stallSeconds: z.number().positive().default(5),
  /** Below this share of the pool's median speed = slow. */
  slowRatio: ratio(0.25),
  /** ... for this long, while work waits. */
  slowSeconds: seconds(10),
  /** Ceiling for the age of a connection; the seed report's hour. */
  connectionMaxAgeSeconds: z.number().positive().default(3600),
  /** S3 closes a connection after about 100 requests; ours retire before. */
  maxRequestsPerConnection: z.number().int().positive().default(90),
  /** TCP and TLS must be up within this time. */
  connectTimeoutSeconds: z.number().positive().default(10),
  /** A connection without work for this long is closed: S3 drops idle ones after 5-20 s. */
  idleSeconds: seconds(4),

  // -- the pool (6.2)
  /** Rolling rebuild of the whole pool; the seed report's plan B. 0 = never. */
  poolRebuildSeconds: seconds(3600),

  // -- health (6.5)
  /** From one HEAD on a small object to the next (the seed's plan D). 0 = none. */
  healthCheckSeconds: seconds(60),
  /** The seed report's plan D: slower than this is unhealthy. */
  unhealthyLatencySeconds: z.number().positive().default(5),
  /** Key of the health check's HEAD; empty = the smallest object of the job. */
  healthCheckKey: z.string().default(''),

  // -- how much to ask for (6.3)
  /** Success rate is taken over the last 100 requests within this window (the seed's plan A). */
  throttleWindowSeconds: z.number().positive().default(60),
  /** After this long, at most max(2, threads / 2) connections (the seed's plan C). 0 = off. */
  longRunSeconds: seconds(0),
  /** A success rate below this ... */
  coolDownBelowSuccessRate: ratio(0.5),
  /** ... for this long: a cool-down, all connections are closed. */
  coolDownAfterSeconds: seconds(120),
  /** Length of a cool-down, unless a `Retry-After` asks for more; the seed report's five minutes. */
  coolDownSeconds: seconds(300),
  /**
   * Attempts for one range before its object fails: twice as many where connections
   * break or stay silent, three times for refusals (503, 429), up to twelve times
   * while many others fail. Only what happens while others are answered counts.
   */
  maxAttempts: z.number().int().positive().default(8),
  /** First retry delay; doubles with full jitter (AWS architecture blog, "Exponential Backoff And Jitter"). */
  retryBaseSeconds: z.number().positive().default(0.2),
  /** The longest retry delay; as the AWS SDKs have it. */
  retryCapSeconds: z.number().positive().default(20),
  /**
   * No byte from any connection for this long = the network is
   * gone for good; three times as long if the service answers.
   */
  networkGoneSeconds: z.number().positive().default(300),

  // -- DNS (6.4)
  /** An answer's TTL counts within these two: servers of S3 give seconds, to spread their clients. */
  dnsMinTtlSeconds: z.number().positive().default(1),
  dnsMaxTtlSeconds: z.number().positive().default(60),
  /** Timeout of a look-up: the addresses known so far stay in use. */
  dnsTimeoutSeconds: z.number().positive().default(3),

  // -- disk and reports (7)
  /** How often data is flushed so that its journal records may be trusted after a power cut. */
  journalFlushSeconds: z.number().positive().default(5),
  /** From one snapshot of the metrics to the next. */
  snapshotSeconds: z.number().positive().default(1),
  /** From one line of `performance.ndjson` to the next; the seed report's ten minutes. */
  performanceLogSeconds: z.number().positive().default(600),
})

export type Policy = z.infer<typeof policySchema>

export const DEFAULT_POLICY: Policy = policySchema.parse({})

type PolicyShape = typeof policySchema.shape

/**
 * The schema of an override file: any subset, no unknown name. `.partial()` would keep the defaults and so turn one
 * override into overrides of all: what the user did not set must stay free to follow a later default.
 */
export const policyOverridesSchema = z.strictObject(
  Object.fromEntries(Object.entries(policySchema.shape).map(([name, field]) => [name, field.unwrap().optional()])) as {
    [K in keyof PolicyShape]: z.ZodOptional<ReturnType<PolicyShape[K]['unwrap']>>
  },
)
export type PolicyOverrides = z.infer<typeof policyOverridesSchema>

export type PolicyName = keyof Policy
export type PolicyUnit = 'seconds' | 'ratio' | 'count' | 'key'

/** Units are in the names. */
export function policyUnit(name: PolicyName): PolicyUnit {
  if (name.endsWith('Seconds')) return 'seconds'
  if (name.endsWith('Key')) return 'key'
  return /Ratio$|SuccessRate$/.test(name) ? 'ratio' : 'count'
}

/** Why one value is refused, whatever the others are. */
export type RangeProblem = 'ratio' | 'count' | 'positive' | 'notNegative' | 'key'

export const acceptsPolicy = (name: PolicyName, value: unknown): boolean =>
  policySchema.shape[name].safeParse(value).success

export function rangeProblem(name: PolicyName): RangeProblem {
  const unit = policyUnit(name)
  if (unit !== 'seconds') return unit
  return acceptsPolicy(name, 0) ? 'notNegative' : 'positive'
}

const RANGE_WORDS: Record<RangeProblem, string> = {
  ratio: 'a number between 0 and 1',
  count: 'a whole number above 0',
  positive: 'a number above 0',
  notNegative: 'a number, 0 or more',
  key: 'a key in quotes',
}

/**
 * Reads the parsed content of a policy file. The failure's `subject` is the offending name, its `detail` says why.
 * Contradictions between values are refused as well.
 */
export function parsePolicy(content: unknown): Outcome<Policy> {
  const parsed = policySchema.safeParse(content)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return failed({ class: 'usage', code: 'policy', ...(issue ? wordsFor(issue, content) : NO_POLICY) })
  }
  const policy = parsed.data
  const contradiction = findContradiction(policy)
  return contradiction ? failed({ class: 'usage', code: 'policy', ...contradiction }) : success(policy)
}

const NO_POLICY = { subject: 'policy', detail: 'must be an object such as { "stallSeconds": 5 }' }

function wordsFor(issue: z.core.$ZodIssue, content: unknown): { subject: string; detail: string } {
  if (issue.code === 'unrecognized_keys') return { subject: issue.keys.join(', '), detail: 'is no name of the policy' }
  const name = issue.path[0] as PolicyName | undefined
  if (name === undefined) return NO_POLICY
  const value = JSON.stringify((content as Record<string, unknown>)[name]).slice(0, 50)
  return { subject: name, detail: `must be ${RANGE_WORDS[rangeProblem(name)]}, not ${value}` }
}

function findContradiction(policy: Policy): { subject: string; detail: string } | undefined {
  if (policy.dnsMinTtlSeconds > policy.dnsMaxTtlSeconds) {
    return { subject: 'dnsMinTtlSeconds', detail: 'must not be greater than dnsMaxTtlSeconds' }
  }
  if (policy.retryBaseSeconds > policy.retryCapSeconds) {
    return { subject: 'retryBaseSeconds', detail: 'must not be greater than retryCapSeconds' }
  }
  return undefined
}
