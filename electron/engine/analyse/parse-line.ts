/** Lines -> entries. The only state is the position within a Python record. */
import { addressIn, classifyPython, keyIn, stampOf } from './python-line.ts'

export type LogEntry =
  | {
      kind: 'error' | 'python'
      /** Milliseconds since 1970; undefined where the log does not say. */
      timeMs: number | undefined
      class: string
      address: string | undefined
      key: string | undefined
      action: string | undefined
    }
  | { kind: 'performance'; timeMs: number; sample: PerformanceSample }

export type PerformanceSample = {
  phase: string
  bytesPerSecond: number
  rssBytes: number
  closeWait: number
  successRate: number
}

export function createLineParser(): (line: string) => LogEntry | undefined {
  const python = createPythonParser()
  return (line) => (line.charCodeAt(0) === BRACE ? parseOwn(line) : python(line))
}

const BRACE = 123
const MAX_PYTHON_LINE = 4000

function parseOwn(line: string): LogEntry | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const fields = value as Record<string, unknown>
  const timeMs = typeof fields.time === 'string' ? Date.parse(fields.time) : Number.NaN
  if (typeof fields.class === 'string') {
    return {
      kind: 'error',
      timeMs: Number.isFinite(timeMs) ? timeMs : undefined,
      class: fields.class,
      address: textOf(fields.address)?.replace(/^.*@/, ''),
      key: textOf(fields.key),
      action: textOf(fields.action),
    }
  }
  if (typeof fields.bytesPerSecond !== 'number' || !Number.isFinite(timeMs)) return undefined
  const connections = fields.connections as { closeWait?: unknown } | undefined
  const sample = {
    phase: textOf(fields.phase) ?? '',
    bytesPerSecond: fields.bytesPerSecond,
    rssBytes: numberOf(fields.rssBytes, 0),
    closeWait: numberOf(connections?.closeWait, 0),
    successRate: numberOf(fields.successRate, 1),
  }
  return { kind: 'performance', timeMs, sample }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined)
const numberOf = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : otherwise

/**
 * A record begins with a time and may span many lines. A traceback is one error, however many exceptions "During
 * handling of the above exception" adds: the first one is closest to the cause.
 */
function createPythonParser(): (line: string) => LogEntry | undefined {
  let timeMs: number | undefined
  /** The error of this record has been reported. */
  let isCounted = false
  let isInTraceback = false
  let isChained = false
  let wasRecord = false

  return (line) => {
    if (line.length === 0) return undefined
    const text = line.length > MAX_PYTHON_LINE ? line.slice(0, MAX_PYTHON_LINE) : line
    const stamp = stampOf(text)
    if (stamp !== undefined) {
      timeMs = stamp
      isInTraceback = false
      isChained = false
      wasRecord = true
      const entry = entryOf(text)
      isCounted = entry !== undefined
      return entry
    }
    if (text.startsWith('Traceback (most recent call last)')) {
      // A separate traceback; one that follows a record or another traceback belongs to it.
      if (!isChained && !wasRecord) isCounted = false
      isInTraceback = true
      isChained = false
      wasRecord = false
      return undefined
    }
    if (/^(?:During handling of the above|The above exception was)/.test(text)) {
      isChained = true
      return undefined
    }
    if (isInTraceback) {
      if (/^\s/.test(text)) return undefined
      isInTraceback = false
      if (isCounted) return undefined
      const entry = entryOf(text)
      isCounted = entry !== undefined
      return entry
    }
    wasRecord = false
    return entryOf(text)
  }

  function entryOf(text: string): LogEntry | undefined {
    const found = classifyPython(text)
    if (!found) return undefined
    return { kind: 'python', timeMs, class: found, address: addressIn(text), key: keyIn(text), action: undefined }
  }
}
