/**
 * Whether the service has already answered that a start would be in vain, and only the user can change that. What passes
 * by itself, such as a network or a server that is away, is no reason to ask: a job waits for it. Pure.
 */
import type { Failure, FailureClass } from '../../../shared/failure.ts'
import type { PreviewState } from './use-preview.ts'

export type Doubt = { kind: 'refused'; failure: Failure } | { kind: 'empty' }

const FOR_THE_USER: readonly FailureClass[] = ['missing-bucket', 'missing', 'denied', 'credentials']

export function doubtStart(preview: PreviewState): Doubt | undefined {
  if (preview.status === 'failed' && FOR_THE_USER.includes(preview.failure.class)) {
    return { kind: 'refused', failure: preview.failure }
  }
  return preview.status === 'done' && preview.preview.objects === 0 ? { kind: 'empty' } : undefined
}
