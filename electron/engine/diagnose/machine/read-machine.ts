/**
 * Reads from this machine: interfaces, processors, memory over time. What cannot be read is undefined or empty.
 */
import { open, readFile } from 'node:fs/promises'
import { cpus, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { PERFORMANCE_LOG } from '../../metrics/job-logs.ts'
import {
  chooseMainInterface,
  type InterfaceRow,
  parseDefaultRoute,
  parseNetsh,
  parseNetstatInterfaces,
  parseProcNetDev,
} from './interface-table.ts'
import { runTool } from './run-tool.ts'

export async function readMainInterface(signal: AbortSignal): Promise<InterfaceRow | undefined> {
  if (process.platform === 'linux') {
    const [rows, route] = await Promise.all([readText('/proc/net/dev'), readText('/proc/net/route')])
    const main = chooseMainInterface(parseProcNetDev(rows), parseDefaultRoute(route))
    return main && { ...main, mtu: Number(await readText(`/sys/class/net/${main.name}/mtu`)) || 0 }
  }
  if (process.platform === 'win32') {
    const text = await runTool('netsh', ['interface', 'ipv4', 'show', 'subinterfaces'], signal)
    return chooseMainInterface(parseNetsh(text ?? ''))
  }
  return chooseMainInterface(parseNetstatInterfaces((await runTool('netstat', ['-ibn'], signal)) ?? ''))
}

/** Those with an IPv4 address. */
export const namesOfInterfaces = (): string[] =>
  Object.entries(networkInterfaces())
    .filter(([, addresses]) => addresses?.some(({ family, internal }) => family === 'IPv4' && !internal))
    .map(([name]) => name)

/** Starts measuring processor load; the returned function reads it since then. */
export function watchCpu(): () => { busyRatio: number; ownRatio: number; processors: number } | undefined {
  const before = cpuTimes()
  const ownBefore = process.cpuUsage()
  return () => {
    const after = cpuTimes()
    const own = process.cpuUsage(ownBefore)
    const total = after.total - before.total
    if (total <= 0) return undefined
    const ratio = (milliseconds: number) => Math.round(Math.min(1, milliseconds / total) * 100) / 100
    const processors = cpus().length
    return {
      busyRatio: ratio(total - (after.idle - before.idle)),
      ownRatio: ratio((own.user + own.system) / 1000),
      processors,
    }
  }
}

function cpuTimes(): { total: number; idle: number } {
  const times = cpus().map((cpu) => cpu.times)
  const idle = times.reduce((sum, each) => sum + each.idle, 0)
  return { idle, total: times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, idle) }
}

/** About 1500 lines: ten days. */
const TAIL_BYTES = 1024 ** 2

export type LastRun = {
  samples: { seconds: number; rssBytes: number }[]
  /** The ceiling it was given; undefined where the log does not say. */
  threads: number | undefined
}

/** The last run in a job's performance log; a new run begins where the byte counter falls. */
export async function readLastRun(logFolder: string): Promise<LastRun> {
  let samples: Sample[] = []
  for (const line of (await readTail(join(logFolder, PERFORMANCE_LOG))).split('\n')) {
    const sample = parseSample(line)
    if (!sample) continue
    if (sample.bytesFetched < (samples.at(-1)?.bytesFetched ?? 0)) samples = []
    samples.push(sample)
  }
  return { samples: samples.map(({ seconds, rssBytes }) => ({ seconds, rssBytes })), threads: samples.at(-1)?.threads }
}

type Sample = { seconds: number; rssBytes: number; bytesFetched: number; threads: number | undefined }

function parseSample(line: string): Sample | undefined {
  try {
    const { time, rssBytes, bytesFetched, threads } = JSON.parse(line) as Record<string, unknown>
    const seconds = Date.parse(String(time)) / 1000
    if (!Number.isFinite(seconds) || typeof rssBytes !== 'number') return undefined
    return {
      seconds,
      rssBytes,
      bytesFetched: typeof bytesFetched === 'number' ? bytesFetched : 0,
      threads: typeof threads === 'number' ? threads : undefined,
    }
  } catch {
    return undefined
  }
}

async function readTail(path: string): Promise<string> {
  try {
    await using file = await open(path)
    const { size } = await file.stat()
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES))
    await file.read(buffer, 0, buffer.length, size - buffer.length)
    return buffer.toString('utf8')
  } catch {
    return ''
  }
}

const readText = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')
