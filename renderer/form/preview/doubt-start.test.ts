import { expect, test } from 'vitest'
import type { FailureClass } from '../../../shared/failure.ts'
import { type Doubt, doubtStart } from './doubt-start.ts'
import type { PreviewState } from './use-preview.ts'

const counted = (objects: number) => ({
  previewId: '1',
  objects,
  bytes: objects * 1000,
  excludedObjects: 0,
  sample: [],
  done: true,
})
const failed = (failureClass: FailureClass): PreviewState => ({ status: 'failed', failure: { class: failureClass } })

test.each<[string, PreviewState, Doubt['kind'] | undefined]>([
  ['a bucket that is not there', failed('missing-bucket'), 'refused'],
  ['who may not read it', failed('denied'), 'refused'],
  ['keys that are refused, or none found', failed('credentials'), 'refused'],
  ['nothing that matches', { status: 'done', preview: counted(0) }, 'empty'],
  ['a network that is away: the job waits for it', failed('dns'), undefined],
  ['a server that does not answer now', failed('stalled'), undefined],
  ['a service that throttles', failed('throttled'), undefined],
  ['something to download', { status: 'done', preview: counted(1) }, undefined],
  ['nothing so far, and the listing goes on', { status: 'listing', preview: counted(0) }, undefined],
  ['nothing asked yet', { status: 'idle' }, undefined],
])('Start is asked about: %s', (_, preview, kind) => expect(doubtStart(preview)?.kind).toBe(kind))
