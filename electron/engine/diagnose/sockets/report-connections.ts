/**
 * Who holds the connections to the service: this process, another Longhaul process that downloads into the same folder,
 * or any other program, the older Python tool for instance. Names the programs and counts their connections.
 */
import { freemem, totalmem } from 'node:os'
import type { DiagnosisRequest, Report } from '../diagnosis-request.ts'
import { judgeCloseWait, judgeSockets } from '../judge/judge-connections.ts'
import { judgeMemory, judgeMemorySlope } from '../judge/judge-machine.ts'
import { readLastRun } from '../machine/read-machine.ts'
import { type Program, readPrograms } from './read-programs.ts'
import { findOwners } from './read-sockets.ts'
import { countOutgoing, type ServicePlace, type SocketRow, selectSockets } from './socket-table.ts'

/** All sockets of the machine at one moment; undefined where they cannot be read. */
export type SocketLook = SocketRow[] | undefined

/** This one, and the one that downloads into the same folder. */
export const ownProcesses = ({ otherProcess }: DiagnosisRequest): number[] => [
  process.pid,
  ...(otherProcess === undefined ? [] : [otherProcess]),
]

/** Resolves to whether another process downloads from the service. */
export async function reportConnections(
  request: DiagnosisRequest,
  report: Report,
  signal: AbortSignal,
  { looks, service }: { looks: [SocketLook, SocketLook]; service: ServicePlace | undefined },
): Promise<boolean> {
  const { jobs, otherProcess, logFolder } = request
  const [first, second] = looks.map((rows) => rows && selectSockets(rows, ownProcesses(request), service))
  const counts = second && countOutgoing(second)
  const strangers = second?.filter(({ pid }) => pid !== process.pid) ?? []
  const theirs = await findOwners(strangers, signal)
  const others = await readPrograms([...new Set(theirs.flatMap(({ pid }) => pid ?? []))], signal)
  const programs = namePrograms(theirs, others)
  const lastRun = await readLastRun(logFolder)
  const threads = otherProcess === undefined ? (jobs?.threads ?? 0) : lastRun.threads
  const concurrency = otherProcess === undefined ? jobs?.concurrency : undefined
  const runningJobs = (jobs?.running ?? 0) + (otherProcess === undefined ? 0 : 1)
  report('sockets', judgeSockets({ sockets: counts, runningJobs, threads, concurrency, programs }))
  report('close-wait', judgeCloseWait(first && countOutgoing(first), counts, programs))
  report('memory', judgeMemory({ ...largestOf(others), freeBytes: freemem(), totalBytes: totalmem() }))
  report('memory-slope', judgeMemorySlope(lastRun.samples))
  return otherProcess !== undefined || theirs.some(({ state }) => state === 'established')
}

/** `python3 (4711) 60, node (4712) 3 + 2 CLOSE_WAIT` */
function namePrograms(rows: readonly SocketRow[], programs: readonly Program[]): string {
  const known = Map.groupBy(rows, ({ pid }) => pid)
  return [...known]
    .map(([pid, sockets]) => {
      const { established, closeWait } = countOutgoing(sockets)
      const name = programs.find((program) => program.pid === pid)?.name ?? '?'
      return `${name} (${pid ?? '?'}) ${established}${closeWait > 0 ? ` + ${closeWait} CLOSE_WAIT` : ''}`
    })
    .join(', ')
}

function largestOf(programs: readonly Program[]): { rssBytes: number; program?: string } {
  const own = process.memoryUsage.rss()
  const [largest] = [...programs].sort((one, other) => other.rssBytes - one.rssBytes)
  if (!largest || largest.rssBytes <= own) return { rssBytes: own }
  return { rssBytes: largest.rssBytes, program: `${largest.name} (${largest.pid})` }
}
