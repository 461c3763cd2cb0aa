/** The policy as rows of a table, and one edited value back. Pure. */
import { DEFAULT_POLICY, type Policy, type PolicyOverrides, parsePolicy, policySchema } from '../../shared/policy.ts'

export type PolicyName = keyof Policy
export type PolicyUnit = 'seconds' | 'ratio' | 'count' | 'key'
export type PolicyRow = {
  name: PolicyName
  unit: PolicyUnit
  value: number | string
  byDefault: number | string
  changed: boolean
}

const POLICY_NAMES = Object.keys(DEFAULT_POLICY) as PolicyName[]

export function policyRows(overrides: PolicyOverrides): PolicyRow[] {
  return POLICY_NAMES.map((name) => ({
    name,
    unit: policyUnit(name),
    value: overrides[name] ?? DEFAULT_POLICY[name],
    byDefault: DEFAULT_POLICY[name],
    changed: overrides[name] !== undefined,
  }))
}

/** Units are in the names. */
function policyUnit(name: PolicyName): PolicyUnit {
  if (name.endsWith('Seconds')) return 'seconds'
  if (name.endsWith('Key')) return 'key'
  return /Ratio$|SuccessRate$/.test(name) ? 'ratio' : 'count'
}

/** Why a value is refused: a range, or an order between two values. Keys of `settings.policyProblems`. */
export type PolicyProblem = 'ratio' | 'count' | 'positive' | 'notNegative' | 'dnsOrder' | 'retryOrder'
export type PolicyChange = { ok: true; overrides: PolicyOverrides } | { ok: false; problem: PolicyProblem }

/**
 * The overrides with one value set (or taken back), refused when the value, or what it makes of the whole, cannot work.
 */
export function withPolicy(
  overrides: PolicyOverrides,
  name: PolicyName,
  value: number | string | undefined,
): PolicyChange {
  const { [name]: _before, ...others } = overrides
  const isDefault = value === undefined || value === DEFAULT_POLICY[name]
  const next = (isDefault ? others : { ...others, [name]: value }) as PolicyOverrides
  if (parsePolicy(next).ok) return { ok: true, overrides: next }
  return { ok: false, problem: isDefault || accepts(name, value) ? orderProblem(name) : rangeProblem(name) }
}

const accepts = (name: PolicyName, value: unknown): boolean => policySchema.shape[name].safeParse(value).success

const orderProblem = (name: PolicyName): PolicyProblem => (name.startsWith('dns') ? 'dnsOrder' : 'retryOrder')

function rangeProblem(name: PolicyName): PolicyProblem {
  const unit = policyUnit(name)
  if (unit === 'ratio' || unit === 'count') return unit
  return accepts(name, 0) ? 'notNegative' : 'positive'
}
