/**
 * One tab's stream of pushes: JSON, one per line. A reader that cannot keep up gets only the newest snapshot of each
 * job; events are queued up to a limit, beyond which the stream is closed: the tab then reconnects and reads everything
 * again.
 */
import type { ServerResponse } from 'node:http'
import type { Push } from '../../shared/ipc-contract.ts'

const HEARTBEAT_MS = 15_000
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024

type Sink = Pick<ServerResponse, 'write' | 'end' | 'destroy' | 'on' | 'writableLength' | 'writableNeedDrain'>

export function createPushStream(sink: Sink): { send(push: Push): void; close(): void } {
  const waiting = new Map<string, Push>()
  const heartbeat = setInterval(() => {
    if (!sink.writableNeedDrain) sink.write('{"name":"heartbeat","payload":{}}\n')
  }, HEARTBEAT_MS)
  heartbeat.unref()

  sink.on('drain', () => {
    for (const [id, push] of waiting) {
      if (sink.writableNeedDrain) return
      waiting.delete(id)
      sink.write(`${JSON.stringify(push)}\n`)
    }
  })

  return {
    send(push) {
      const replaceable = replaceableId(push)
      if (replaceable && (sink.writableNeedDrain || waiting.has(replaceable))) {
        waiting.set(replaceable, push)
        return
      }
      sink.write(`${JSON.stringify(push)}\n`)
      if (sink.writableLength > MAX_BUFFERED_BYTES) sink.destroy()
    },
    close() {
      clearInterval(heartbeat)
      waiting.clear()
      sink.end()
    },
  }
}

/** Pushes that the next one of the same id supersedes. */
function replaceableId(push: Push): string | undefined {
  if (push.name === 'snapshot') return `snapshot ${push.payload.jobId}`
  if (push.name === 'preview' && !push.payload.preview.done) return `preview ${push.payload.preview.previewId}`
  return undefined
}
