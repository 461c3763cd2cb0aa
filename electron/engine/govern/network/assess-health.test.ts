import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../../../shared/policy.ts'
import { assessHealth } from './assess-health.ts'

const policy = DEFAULT_POLICY

describe('a health check', () => {
  const rows: [sentence: string, failuresBefore: number, ok: boolean, latencyMs: number, verdict: string][] = [
    ['that is answered in time is healthy', 0, true, 5000, 'healthy'],
    ['that is answered late is doubtful', 0, true, 5001, 'doubtful'],
    ['that fails is doubtful', 0, false, 10, 'doubtful'],
    ['that fails a second time in a row calls for a rebuild', 1, false, 10, 'unhealthy'],
    ['that succeeds after one that failed is a recovery', 1, true, 10, 'recovered'],
  ]
  it.each(rows)('%s', (_, failuresInARow, ok, latencyMs, verdict) => {
    expect(assessHealth({ failuresInARow }, { ok, latencyMs, policy }).verdict).toBe(verdict)
  })
  it('needs two more failures for the next rebuild', () => {
    const rebuilt = assessHealth({ failuresInARow: 1 }, { ok: false, latencyMs: 0, policy })
    expect(assessHealth(rebuilt.state, { ok: false, latencyMs: 0, policy }).verdict).toBe('doubtful')
  })
})
