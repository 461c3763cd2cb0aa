/** One request by node:http(s) alone, without any client of ours: what the tests of the servers ask with. */
import { Agent, type IncomingHttpHeaders, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestTls, Agent as TlsAgent } from 'node:https'

export type PlainAnswer = {
  /** 0: none came. */
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
  /** Code of the socket's error, or `aborted` for a body that ended early, or `waited` when the patience was over. */
  error: string | undefined
}

export type PlainQuestion = {
  method?: 'GET' | 'HEAD' | 'PUT'
  headers?: Record<string, string>
  /** Keeps connections; absent = one for this request alone. */
  agent?: Agent
  ca?: string | undefined
  /** Gives up after this many milliseconds of silence. */
  patienceMs?: number
  /** Sees the body as it comes. */
  onData?: (chunk: Buffer) => void
}

export const keepAliveAgent = (sockets: number): Agent => new Agent({ keepAlive: true, maxSockets: sockets })

export function askPlainly(url: string, question: PlainQuestion = {}): Promise<PlainAnswer> {
  const { method = 'GET', headers = {}, ca, onData } = question
  // The path goes as it is written: URL would tidy it up.
  const [, scheme, host, port, path = '/'] = /^(https?):\/\/([^/:]+):(\d+)(\/.*)?$/s.exec(url) ?? []
  const isTls = scheme === 'https'
  const agent = question.agent ?? (isTls ? new TlsAgent(ca ? { ca } : {}) : new Agent())
  const options: RequestOptions = { method, host: host ?? '', port: port ?? '', path, headers, agent }
  return new Promise((resolve) => {
    const answer: PlainAnswer = { status: 0, headers: {}, body: Buffer.alloc(0), error: undefined }
    const chunks: Buffer[] = []
    const finish = (error?: string) => {
      answer.error ??= error
      answer.body = Buffer.concat(chunks)
      resolve(answer)
    }
    const request = (isTls ? requestTls : requestHttp)(options, (response) => {
      answer.status = response.statusCode ?? 0
      answer.headers = response.headers
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        onData?.(chunk)
      })
      response.on('end', () => finish())
      response.on('error', (error: NodeJS.ErrnoException) =>
        finish(error.message === 'aborted' ? 'aborted' : error.code),
      )
    })
    request.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message))
    if (question.patienceMs !== undefined) {
      request.setTimeout(question.patienceMs, () => {
        answer.error = 'waited'
        request.destroy()
      })
    }
    request.end()
  })
}
