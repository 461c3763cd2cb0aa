/** Serves the window and the contract to one browser on this machine. */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { type Failure, failed, type Outcome, success } from '../../shared/failure.ts'
import type { Api } from '../api/create-api.ts'
import type { Dispatch } from '../api/dispatch.ts'
import { findStaticFile, readStaticFiles, type StaticFiles } from '../api/host/static-files.ts'
import { windowHeaders } from '../api/host/window-headers.ts'
import { guardRequest, MAX_BODY_BYTES } from './guard-request.ts'
import { createPushStream } from './push-stream.ts'

export type WebHostOptions = {
  /** May still be pending: files are served meanwhile, calls wait for it. */
  api: Promise<ServedApi>
  /** The built window: index.html and assets/. */
  rendererFolder: string
  /** 0 = any free one. */
  port: number
  /** 127.0.0.1 unless the user wants otherwise. */
  host: string
  logProblem?(where: string, error: unknown): void
}

export type ServedApi = { dispatch: Dispatch; subscribe: Api['subscribe'] }

export type WebHost = {
  /** Includes the token, which grants full use of the program. */
  url: string
  port: number
  close(): Promise<void>
}

const HEADERS = windowHeaders("'self'")

/** Tabs of one person; more is a mistake or an attack. */
const MAX_CONNECTIONS = 128

/** Fails as a value when the window is not built or the port is taken. */
export async function startWebHost(options: WebHostOptions): Promise<Outcome<WebHost>> {
  const { api, rendererFolder, host } = options
  const files = await readStaticFiles(rendererFolder)
  if (!findStaticFile(files, '/')) {
    return failed({ class: 'usage', code: 'not-built', subject: rendererFolder })
  }
  const token = randomBytes(32).toString('base64url')
  const logProblem = options.logProblem ?? (() => {})
  const streams = new Set<() => void>()

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      logProblem('web-host', error)
      response.destroy()
    })
  })
  server.maxConnections = MAX_CONNECTIONS

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    const { port } = server.address() as AddressInfo
    const verdict = guardRequest(
      { method: request.method ?? '', target: request.url ?? '', headers: request.headers },
      { token, port, listenHost: host, machineName: hostname() },
    )
    if (verdict.kind === 'refuse') {
      if (verdict.allow) response.setHeader('Allow', verdict.allow)
      return sendRefusal(response, verdict.status, verdict.code)
    }
    if (verdict.kind === 'call') return answerCall(api, verdict.name, request, response)
    if (verdict.kind === 'pushes') return openPushes(await api, response)
    return sendFile(files, verdict.path, request, response)
  }

  function openPushes({ subscribe }: ServedApi, response: ServerResponse): void {
    // The tab has left while the api was opening: nothing would end its subscription.
    if (response.destroyed) return
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson; charset=utf-8', 'Cache-Control': 'no-store' })
    response.flushHeaders()
    const stream = createPushStream(response)
    const unsubscribe = subscribe(stream.send)
    const end = () => {
      streams.delete(end)
      unsubscribe()
      stream.close()
    }
    streams.add(end)
    response.on('close', end)
  }

  const listening = await listen(server, options.port, host)
  if (!listening.ok) return listening
  return success({
    url: `http://${urlHost(host)}:${listening.value}/#token=${token}`,
    port: listening.value,
    async close() {
      for (const end of [...streams]) end()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  })
}

async function answerCall(
  api: Promise<ServedApi>,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request)
  if (body === undefined) return sendRefusal(response, 413, 'too-large')
  let input: unknown
  try {
    input = JSON.parse(body)
  } catch {
    return sendRefusal(response, 400, 'bad-json')
  }
  const { dispatch } = await api
  sendJson(response, 200, await dispatch(name, input))
}

/** Undefined when the body is longer than allowed, whatever its Content-Length says. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function sendFile(files: StaticFiles, path: string, request: IncomingMessage, response: ServerResponse): void {
  const file = findStaticFile(files, path)
  if (!file) {
    sendRefusal(response, 404, 'not-found')
    return
  }
  response.writeHead(200, {
    'Content-Type': file.contentType,
    'Content-Length': file.content.length,
    'Cache-Control': file.cacheControl,
  })
  response.end(request.method === 'HEAD' ? undefined : file.content)
}

/** A failed `Outcome` as JSON. The connection is closed, for the request's body may not have been read. */
function sendRefusal(response: ServerResponse, status: number, code: string): void {
  const failure: Failure = { class: status === 401 || status === 403 ? 'denied' : 'usage', code, httpStatus: status }
  response.setHeader('Connection', 'close')
  sendJson(response, status, failed(failure))
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' })
  response.end(`${JSON.stringify(value)}\n`)
}

function listen(server: ReturnType<typeof createServer>, port: number, host: string): Promise<Outcome<number>> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(failed({ class: 'usage', code: error.code ?? 'LISTEN', subject: `${urlHost(host)}:${port}` })),
    )
    server.listen(port, host, () => resolve(success((server.address() as AddressInfo).port)))
  })
}

/** Host for a printed URL: the wildcard address is replaced, IPv6 gets brackets. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
