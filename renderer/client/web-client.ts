/**
 * The contract over loopback HTTP.
 *
 * Calls: `POST /api/call/NAME`, JSON in, JSON `Outcome` out. Pushes: `GET /api/pushes`, answered by lines of JSON for
 * as long as the connection lasts. Both carry the token as `Authorization: Bearer`; it comes in the address's hash,
 * which no server ever sees, and moves into the session storage of this tab at once.
 *
 * When the stream of pushes ends it is reopened with backoff; who watches the host's state then reads everything again,
 * because pushes sent meanwhile are lost.
 */
import { createParsedContract, type HostState, type WindowClient } from './parsed-client.ts'
import { createLineSplitter } from './split-lines.ts'

const TOKEN_KEY = 'longhaul-token'
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000

export type WebClientParts = {
  fetch: typeof globalThis.fetch
  token: string
}

export function createWebClient({ fetch, token }: WebClientParts): WindowClient {
  const headers = { Authorization: `Bearer ${token}` }
  const listeners = new Set<(push: unknown) => void>()
  const watchers = new Set<(state: HostState) => void>()
  const abort = new AbortController()
  let state: HostState = 'connected'

  const setState = (next: HostState) => {
    if (state === next) return
    state = next
    for (const watcher of watchers) watcher(next)
  }

  const contract = createParsedContract({
    async call(name, input) {
      const response = await fetch(`/api/call/${name}`, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify(input),
        signal: abort.signal,
      })
      if (response.status === 401 || response.status === 403) {
        setState('refused')
        throw new Error(`HTTP ${response.status}`)
      }
      return response.json()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  })

  void followPushes()

  async function followPushes(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS
    while (!abort.signal.aborted && state !== 'refused') {
      try {
        const response = await fetch('/api/pushes', { headers, signal: abort.signal })
        if (response.status === 401 || response.status === 403) return setState('refused')
        if (response.ok && response.body) {
          setState('connected')
          pauseMs = FIRST_PAUSE_MS
          await readPushes(response.body)
        }
      } catch {
        // The program ended, the machine slept, the tunnel closed: in each case, reconnect.
      }
      if (abort.signal.aborted) return
      setState('lost')
      await sleep(pauseMs)
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)
    }
  }

  async function readPushes(body: ReadableStream<Uint8Array>): Promise<void> {
    const split = createLineSplitter()
    const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      for (const line of split(value)) {
        const push: unknown = JSON.parse(line)
        for (const listener of listeners) listener(push)
      }
    }
  }

  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      abort.signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  return {
    ...contract,
    hostState: () => state,
    watchHostState(watcher) {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    close: () => abort.abort(),
  }
}

/**
 * Removes the token from the address, so that it is neither bookmarked nor read over a shoulder, and keeps it for
 * reloads of this tab. Empty when there is none.
 */
export function takeToken(location: Location, history: History, storage: Storage): string {
  const found = /^#token=([\w-]+)$/.exec(location.hash)?.[1]
  if (!found) return storage.getItem(TOKEN_KEY) ?? ''
  storage.setItem(TOKEN_KEY, found)
  history.replaceState(null, '', `${location.pathname}${location.search}`)
  return found
}
