/** Counts what a form would fetch, in the background; reports how far it is a few times per second. */
import type { Failure } from '../../../shared/failure.ts'
import type { Preview } from '../../../shared/ipc-contract.ts'
import type { Network, Source } from '../../../shared/job-spec.ts'
import type { Clock, ListedObject } from '../../engine/engine-ports.ts'
import { createKeyFilter, type KeyVerdict } from '../../engine/list/key-filter.ts'
import { listObjects } from '../../engine/list/list-objects.ts'
import { createRepeatWatch } from '../../engine/plan/repeat-check.ts'
import { type Browser, retryLookAfterMs } from './browse.ts'

const SAMPLE_SIZE = 8
const PUSH_EVERY_MS = 250

type PreviewRequest = {
  previewId: string
  source: Source
  include: string[]
  exclude: string[]
  network: Network
}

export type Previews = {
  /** A second one with the same id replaces the first. */
  start(request: PreviewRequest): void
  stop(previewId: string): void
  close(): void
}

export function createPreviews(options: {
  browser: Browser
  clock: Clock
  push(message: { preview: Preview; failure?: Failure }): void
  logProblem(where: string, error: unknown): void
}): Previews {
  const { browser, clock } = options
  const running = new Map<string, AbortController>()

  function stop(previewId: string): void {
    running.get(previewId)?.abort()
    running.delete(previewId)
  }

  async function count(request: PreviewRequest, signal: AbortSignal): Promise<void> {
    const { previewId, source } = request
    const keys = createKeyFilter(source.prefix, request)
    const isRepeated = createRepeatWatch(Math.random)
    let preview = emptyPreview(previewId)
    let pushedAt = Number.NEGATIVE_INFINITY
    const onPage = (objects: ListedObject[]) => {
      if (signal.aborted) return
      const once = objects.filter(({ key }) => !isRepeated(key))
      preview = addPage(preview, once, keys.judge)
      if (clock.monotonic() - pushedAt < PUSH_EVERY_MS) return
      pushedAt = clock.monotonic()
      options.push({ preview })
    }
    const sleep = (ms: number) => new Promise<void>((wake) => void clock.after(ms, wake))
    const counted = await browser.withSource(source, request.network, (open) =>
      listObjects({
        source: open,
        prefix: source.prefix,
        retryAfterMs: retryLookAfterMs,
        sleep,
        onPage,
        isEnough: keys.isWholeKey,
        signal,
      }),
    )
    if (signal.aborted) return
    running.delete(previewId)
    options.push({ preview: { ...preview, done: true }, ...(counted.ok ? {} : { failure: counted.failure }) })
  }

  function fail({ previewId }: PreviewRequest, signal: AbortSignal, error: unknown): void {
    options.logProblem('preview', error)
    if (signal.aborted) return
    running.delete(previewId)
    const failure: Failure = { class: 'usage', code: 'internal', subject: 'preview' }
    options.push({ preview: { ...emptyPreview(previewId), done: true }, failure })
  }

  return {
    start(request) {
      stop(request.previewId)
      const controller = new AbortController()
      running.set(request.previewId, controller)
      count(request, controller.signal).catch((error) => fail(request, controller.signal, error))
    },
    stop,
    close() {
      for (const previewId of [...running.keys()]) stop(previewId)
    },
  }
}

const emptyPreview = (previewId: string): Preview => ({
  previewId,
  objects: 0,
  bytes: 0,
  excludedObjects: 0,
  sample: [],
  done: false,
})

function addPage(preview: Preview, objects: ListedObject[], judge: (key: string) => KeyVerdict): Preview {
  const verdicts = objects.map(({ key }) => judge(key))
  const wanted = objects.filter((_, position) => verdicts[position] === 'wanted')
  const excluded = verdicts.filter((verdict) => verdict === 'excluded')
  const room = SAMPLE_SIZE - preview.sample.length
  return {
    ...preview,
    objects: preview.objects + wanted.length,
    bytes: preview.bytes + wanted.reduce((sum, { size }) => sum + size, 0),
    excludedObjects: preview.excludedObjects + excluded.length,
    sample:
      room > 0 ? [...preview.sample, ...wanted.slice(0, room).map(({ key, size }) => ({ key, size }))] : preview.sample,
  }
}
