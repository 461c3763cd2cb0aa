/**
 * The least a Node program can do: read from sockets into one buffer, write at the offset, nothing else. No TLS, no
 * checks, no journal, no retries, no temporary names: not a client to use, but the floor to measure the others against.
 * A process of its own; one thread per core, each with its share of the files and connections.
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { connect } from 'node:net'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { CONNECTIONS, PART_BYTES } from './bench-client.ts'

type ListedFile = { key: string; bytes: number }
type Share = { endpoint: string; bucket: string; destination: string; files: ListedFile[]; connections: number }

const BUFFER_BYTES = 1024 ** 2
const HEAD_END = '\r\n\r\n'

if (isMainThread) await fetchPrefix()
else fetchShare(workerData as Share)

async function fetchPrefix(): Promise<void> {
  const [endpoint = '', bucket = '', prefix = '', destination = ''] = process.argv.slice(2)
  mkdirSync(destination, { recursive: true })
  const files = await list(endpoint, bucket, prefix)
  const threads = availableParallelism()
  for (let thread = 0; thread < threads; thread++) {
    const share: Share = {
      endpoint,
      bucket,
      destination,
      files: files.filter((_, index) => index % threads === thread),
      connections: Math.max(1, Math.floor(CONNECTIONS / threads)),
    }
    new Worker(new URL(import.meta.url), { workerData: share }).on('error', (error) => {
      throw error
    })
  }
}

async function list(endpoint: string, bucket: string, prefix: string): Promise<ListedFile[]> {
  const files: ListedFile[] = []
  let token = ''
  do {
    const query = `list-type=2&prefix=${encodeURIComponent(prefix)}${token && `&continuation-token=${token}`}`
    const page = await (await fetch(`${endpoint}/${bucket}?${query}`)).text()
    for (const [, key = '', bytes] of page.matchAll(/<Key>([^<]*)<\/Key>.*?<Size>(\d+)<\/Size>/g)) {
      files.push({ key, bytes: Number(bytes) })
    }
    token = /<NextContinuationToken>([^<]*)</.exec(page)?.[1] ?? ''
  } while (token !== '')
  return files
}

function fetchShare({ endpoint, bucket, destination, files, connections }: Share): void {
  const { hostname, port } = new URL(endpoint)
  const parts = cutIntoParts(files, destination)
  for (let connection = 0; connection < connections; connection++) work()

  function work(): void {
    const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
    let part = parts.next().value
    let at = 0
    let inBody = false
    const socket = connect({
      host: hostname,
      port: Number(port),
      onread: {
        buffer,
        callback(length) {
          if (!part) return false
          let from = 0
          if (!inBody) {
            from = buffer.subarray(0, length).indexOf(HEAD_END) + HEAD_END.length
            inBody = true
          }
          if (length > from) writeSync(part.fd, buffer, from, length - from, at)
          at += length - from
          if (at < part.end) return true
          part.done()
          part = parts.next().value
          ask()
          return true
        },
      },
    })
    socket.on('connect', ask)
    socket.on('error', (error) => {
      throw error
    })

    function ask(): void {
      if (!part) {
        socket.destroy()
        return
      }
      at = part.start
      inBody = false
      const range = part.isWhole ? '' : `Range: bytes=${part.start}-${part.end - 1}\r\n`
      socket.write(`GET /${bucket}/${part.key} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${range}\r\n`, 'latin1')
    }
  }
}

function* cutIntoParts(files: ListedFile[], destination: string) {
  for (const { key, bytes } of files) {
    const fd = openSync(join(destination, basename(key)), 'w')
    let left = Math.max(1, Math.ceil(bytes / PART_BYTES))
    const isWhole = left === 1
    const done = () => {
      if (--left === 0) closeSync(fd)
    }
    for (let start = 0; start === 0 || start < bytes; start += PART_BYTES) {
      yield { key, fd, start, end: Math.min(bytes, start + PART_BYTES), isWhole, done }
    }
  }
}
