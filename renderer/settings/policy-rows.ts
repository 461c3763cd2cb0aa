/** The policy as rows of a table, and one edited value back. Pure. */
import {
  acceptsPolicy,
  DEFAULT_POLICY,
  type PolicyName,
  type PolicyOverrides,
  type PolicyUnit,
  parsePolicy,
  policyUnit,
  type RangeProblem,
  rangeProblem,
} from '../../shared/policy.ts'

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

/** Why a value is refused: a range, or an order between two values. Keys of `settings.policyProblems`. */
export type PolicyProblem = RangeProblem | 'dnsOrder' | 'retryOrder'
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
  return { ok: false, problem: isDefault || acceptsPolicy(name, value) ? orderProblem(name) : rangeProblem(name) }
}

const orderProblem = (name: PolicyName): PolicyProblem => (name.startsWith('dns') ? 'dnsOrder' : 'retryOrder')
