/** Name and memory of other programs connected to the service, by process id. */
import { readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { runTool } from '../machine/run-tool.ts'

export type Program = { pid: number; name: string; rssBytes: number }

/** Leaves out those that have ended or may not be read. */
export async function readPrograms(pids: readonly number[], signal: AbortSignal): Promise<Program[]> {
  if (pids.length === 0) return []
  if (process.platform === 'linux') return pids.flatMap(readProc)
  const text =
    process.platform === 'win32'
      ? await runTool('tasklist', ['/FO', 'CSV', '/NH'], signal)
      : await runTool('ps', ['-o', 'pid=,rss=,comm=', '-p', pids.join(',')], signal)
  const programs = process.platform === 'win32' ? parseTasklist(text ?? '') : parsePs(text ?? '')
  return programs.filter(({ pid }) => pids.includes(pid))
}

function readProc(pid: number): Program[] {
  try {
    // A thread's name may stand in `comm`: the file it runs says more.
    const name = basename(readlinkSync(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '')
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return [{ pid, name, rssBytes: Number(kilobytes ?? 0) * 1024 }]
  } catch {
    return []
  }
}

/** `ps -o pid=,rss=,comm=`: memory in KiB, then the path, which may hold blanks. */
export function parsePs(text: string): Program[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, kilobytes, path] = /^\s*(\d+)\s+(\d+)\s+(\S.*?)\s*$/.exec(line) ?? []
    return path ? [{ pid: Number(pid), name: basename(path), rssBytes: Number(kilobytes) * 1024 }] : []
  })
}

/** `tasklist /FO CSV /NH`: `"python.exe","4711","Console","1","45,678 K"`; the thousands separator is localised. */
export function parseTasklist(text: string): Program[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [name, pid, , , memory = ''] = [...line.matchAll(/"([^"]*)"/g)].map(([, field]) => field)
    if (!name || !/^\d+$/.test(pid ?? '')) return []
    return [{ pid: Number(pid), name, rssBytes: Number(memory.replace(/\D/g, '')) * 1024 }]
  })
}
