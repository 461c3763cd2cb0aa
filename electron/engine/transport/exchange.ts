/** One request of a connection and its answer: what is requested, how far the answer has come, how it is reported. */
import { type Failure, REQUEST_UNSENT } from '../../../shared/failure.ts'
import type { Endpoint, FetchTask, TaskOutcome } from '../engine-ports.ts'
import type { RangeSum } from '../verify/range-sums.ts'
import { readErrorAnswer } from './classify-error.ts'
import { MOST_REDIRECTS, redirectWithin } from './redirect-within.ts'
import { pathOf } from './request-head.ts'
import type { ResponseHead } from './response-parser.ts'
import type { TaskWriter } from './task-writer.ts'

/** Changed in place, for each piece of a body. */
export type Exchange = {
  task: FetchTask
  endpoint: Endpoint
  /** Encoded, with a query where a redirect has brought one. */
  path: string
  redirects: number
  /** May be moved towards the start by `shorten`. */
  end: number
  requestedAt: number
  firstByteMs: number
  received: number
  reached: number
  head: ResponseHead | undefined
  /** Object offset of the next body byte; undefined while an error body is read. */
  bodyAt: number | undefined
  bodyEnd: number
  errorBody: string
  writer: TaskWriter | undefined
}

export const beginExchange = (task: FetchTask, endpoint: Endpoint, requestedAt: number): Exchange => ({
  task,
  endpoint,
  path: pathOf(task, endpoint),
  redirects: 0,
  end: task.range.end,
  requestedAt,
  firstByteMs: 0,
  received: 0,
  reached: task.range.start,
  head: undefined,
  bodyAt: undefined,
  bodyEnd: 0,
  errorBody: '',
  writer: undefined,
})

/** The path that the answer points to, where it is to be followed: on this host, and not for ever. */
export function redirectOf({ endpoint, path, redirects, head }: Exchange): string | undefined {
  const { status, headers } = head as ResponseHead
  if (redirects === MOST_REDIRECTS) return undefined
  const url = `${endpoint.tls ? 'https' : 'http'}://${endpoint.hostHeader}${path}`
  const region = headers.get('x-amz-bucket-region')
  return redirectWithin(url, { status, location: headers.get('location'), region })
}

/** The next request takes the place of this one; the time to the first byte includes both. */
export function redirect(exchange: Exchange, path: string): void {
  exchange.path = path
  exchange.redirects++
  exchange.head = undefined
  exchange.errorBody = ''
}

export function errorOf({ head, errorBody }: Exchange, receivedAt: number): Failure {
  const { status, headers } = head as ResponseHead
  return readErrorAnswer({ status, headers, body: errorBody, receivedAt })
}

export function outcomeOf(
  { task, reached, received, firstByteMs }: Exchange,
  connectionId: number,
  how: { connectionEnds: boolean; sums: RangeSum[] | undefined; failure: Failure | undefined },
): TaskOutcome {
  const { connectionEnds, sums, failure } = how
  return {
    taskId: task.taskId,
    connectionId,
    reached: Math.max(task.range.start, reached),
    received,
    firstByteMs,
    connectionEnds,
    ...(sums ? { sums } : {}),
    ...(failure ? { failure } : {}),
  }
}

/** The connection ended while the task was on its way to it. */
export const unsentOutcome = ({ taskId, range }: FetchTask, connectionId: number): TaskOutcome => ({
  taskId,
  connectionId,
  reached: range.start,
  received: 0,
  firstByteMs: 0,
  connectionEnds: true,
  failure: { class: 'reset', code: REQUEST_UNSENT },
})
