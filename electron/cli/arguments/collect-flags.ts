/** Merges what was typed, the environment and the settings file: flag beats environment beats settings. Pure. */
import { environmentNameOf, type Flag } from './flags.ts'
import { refuseValue, UsageError } from './usage-error.ts'

/**
 * One flag's value, and what to call it in a sentence about it: `--threads`, `LONGHAUL_THREADS`, `settings: threads`.
 */
type FlagValue = { values: string[]; origin: string; rank: number }
export type FlagValues = Map<string, FlagValue>

/** As the parser hands it over: text, a list of texts, or true for a switch. */
export type TypedFlags = Map<string, string | string[] | true>
export type FlagSettings = Record<string, string | number | boolean | string[]>

export function collectFlags(
  flags: Flag[],
  typed: TypedFlags,
  environment: NodeJS.ProcessEnv,
  settings: FlagSettings = {},
): FlagValues {
  const collected: FlagValues = new Map()
  for (const flag of flags) {
    const value = fromTyped(flag, typed) ?? fromEnvironment(flag, environment) ?? fromSettings(flag, settings)
    if (value && value.values.length > 0) collected.set(flag.name, value)
  }
  return collected
}

function fromTyped(flag: Flag, typed: TypedFlags): FlagValue | undefined {
  const value = typed.get(flag.name)
  if (value === undefined) return undefined
  const values = value === true ? ['true'] : Array.isArray(value) ? value : [value]
  const origin = `--${flag.name}`
  for (const each of values) if (each.trim() === '') refuseValue(origin, each, 'is empty')
  return { values, origin, rank: 3 }
}

/** Repeatable flags hold one value per line. Empty = not set. */
function fromEnvironment(flag: Flag, environment: NodeJS.ProcessEnv): FlagValue | undefined {
  const origin = environmentNameOf(flag)
  const text = environment[origin]?.trim()
  if (!text) return undefined
  if (flag.value === undefined) return readSwitch(text, origin, 2)
  const lines = flag.isRepeatable ? text.split('\n').map((line) => line.trim()) : [text]
  return { values: lines.filter((line) => line !== ''), origin, rank: 2 }
}

function fromSettings(flag: Flag, settings: FlagSettings): FlagValue | undefined {
  const value = settings[flag.name]
  if (value === undefined) return undefined
  const origin = `settings: ${flag.name}`
  if (flag.value === undefined) return readSwitch(String(value), origin, 1)
  if (Array.isArray(value) && !flag.isRepeatable) throw new UsageError(`${origin}: takes one value, not a list`)
  return { values: Array.isArray(value) ? value : [String(value)], origin, rank: 1 }
}

/** A switch that is off is as if it were not there, but hides a weaker one that is on. */
function readSwitch(text: string, origin: string, rank: number): FlagValue {
  if (/^(1|true|yes|on)$/i.test(text)) return { values: ['true'], origin, rank }
  if (/^(0|false|no|off)$/i.test(text)) return { values: [], origin, rank }
  return refuseValue(origin, text, 'is neither 1 nor 0')
}

/** Of two flags that exclude each other the stronger source wins; from one source both together are refused. */
export function dropWeaker(flags: FlagValues, one: string, other: string): void {
  const first = flags.get(one)
  const second = flags.get(other)
  if (!first || !second) return
  if (first.rank === second.rank) throw new UsageError(`${first.origin} and ${second.origin} exclude each other`)
  flags.delete(first.rank < second.rank ? one : other)
}
