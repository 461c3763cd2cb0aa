/** What crosses the border between the control plane and a data-plane worker. Plain data only. */
import type { Endpoint, FetchTask, Keep } from '../engine-ports.ts'

export type WorkerCommand =
  /** Meant by all commands after it. Sent apart, for certificates make it large. */
  | { kind: 'endpoint'; endpoint: Endpoint }
  | { kind: 'open'; connectionId: number; slot: number; address: string }
  | { kind: 'assign'; connectionId: number; task: FetchTask }
  | { kind: 'shorten'; connectionId: number; taskId: number; keep: Keep }
  | { kind: 'close'; connectionId: number }
  | { kind: 'shut-down' }

export type WorkerStart = {
  counters: SharedArrayBuffer
  /** This worker's own row in the counters. */
  workerIndex: number
  tokens: SharedArrayBuffer
}
