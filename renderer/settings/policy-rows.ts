/** The policy as rows of a table, and one edited value back. Pure. */
import type { Outcome } from '../../shared/failure.ts'
import { failed, success } from '../../shared/failure.ts'
import { DEFAULT_POLICY, type Policy, type PolicyOverrides, parsePolicy } from '../../shared/policy.ts'

export type PolicyName = keyof Policy
export type PolicyUnit = 'seconds' | 'ratio' | 'count' | 'key'
export type PolicyRow = {
  name: PolicyName
  unit: PolicyUnit
  value: number | string
  byDefault: number | string
  changed: boolean
}

export const POLICY_NAMES = Object.keys(DEFAULT_POLICY) as PolicyName[]

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

/** The overrides with one value set, refused when the value, or what it makes of the whole, cannot work. */
export function withPolicy(
  overrides: PolicyOverrides,
  name: PolicyName,
  value: number | string | undefined,
): Outcome<PolicyOverrides> {
  const { [name]: _before, ...others } = overrides
  const isDefault = value === undefined || value === DEFAULT_POLICY[name]
  const next = (isDefault ? others : { ...others, [name]: value }) as PolicyOverrides
  const parsed = parsePolicy(next)
  if (parsed.ok) return success(next)
  return failed(parsed.failure)
}
