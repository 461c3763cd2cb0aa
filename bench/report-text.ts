/** The report as text: tables for the terminal and, in the same form, for Markdown. Pure. */
import { type Cell, type ClientSummary, cpu, type Results, ratio, summarizeCell, wall } from './report.ts'
import { judgeTargets } from './targets.ts'

const HEAD = [
  'client',
  'wall s',
  'fastest - slowest',
  'CPU s',
  'peak MB',
  'MB/s',
  'objects/s',
  'wall / cp',
  'wall / sdk',
  'CPU / sdk',
]

export function reportText(results: Results): string {
  return [
    machineLine(results),
    startLine(results),
    ...results.cells.map((cell) => `### ${titleOf(cell)}\n\n${table(HEAD, rowsOf(cell))}`),
    `### Targets\n\n${targetTable(results)}`,
    ...remarks(results),
  ].join('\n\n')
}

/** Replaces what stands between the two marks; appends both when the page has none. */
export function replaceBetweenMarks(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}: begin, written by the benchmark -->`, `<!-- ${name}: end -->`]
  const block = `${begin}\n\n${text}\n\n${end}`
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) return `${page.trimEnd()}\n\n${block}\n`
  return page.slice(0, from) + block + page.slice(to + end.length)
}

/** Columns of equal width, so that it reads in a terminal as well; numbers to the right. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: string[]) =>
    `| ${widths.map((width, column) => align(cells[column] ?? '', width, column)).join(' | ')} |`
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

const align = (text: string, width: number, column: number): string =>
  column === 0 ? text.padEnd(width) : text.padStart(width)

function rowsOf(cell: Cell): string[][] {
  const summaries = summarizeCell(cell).sort((one, other) => one.wallSeconds - other.wallSeconds)
  return summaries.map((summary) => {
    const to = (quantity: typeof wall, other: string) => number(ratio(cell, quantity, summary.client, other), 2)
    return [...figures(summary), to(wall, 'cp'), to(wall, 'sdk'), to(cpu, 'sdk')]
  })
}

function figures(summary: ClientSummary): string[] {
  return [
    summary.client,
    number(summary.wallSeconds, 2),
    `${number(summary.fastestSeconds, 2)} - ${number(summary.slowestSeconds, 2)}`,
    number(summary.cpuSeconds, 2),
    number(summary.peakBytes && summary.peakBytes / 1e6, 0),
    number(summary.bytesPerSecond / 1e6, 0),
    number(summary.objectsPerSecond, summary.objectsPerSecond < 100 ? 1 : 0),
  ]
}

function targetTable(results: Results): string {
  const rows = judgeTargets(results).map(({ target, measured, isReached }) => [
    target,
    measured,
    isReached === undefined ? '-' : isReached ? 'reached' : 'NOT reached',
  ])
  return table(['target', 'measured', ''], rows)
}

function machineLine({ machine, server, rounds, time }: Results): string {
  const memory = `${Math.round(machine.memoryBytes / 1024 ** 3)} GiB`
  return (
    `${time.slice(0, 10)}: ${machine.cores} cores (${machine.processor}), ${memory} of memory, ${machine.platform}, ` +
    `Node ${machine.node}, ${server}; source and destination on ${machine.storage}; medians of ${rounds} rounds. ` +
    `Load of the machine before the start: ${machine.load.toFixed(1)}.`
  )
}

function startLine({ start, idle }: Results): string {
  return (
    `longhaul with nothing to do: ${number(start.wallSeconds, 2)} s (\`--version\`); with one byte to fetch: ` +
    `${number(idle.wallSeconds, 2)} s, CPU ${number(idle.cpuSeconds, 2)} s, ` +
    `${number(idle.peakBytes && idle.peakBytes / 1e6, 0)} MB. Both are part of its figures below.`
  )
}

function remarks({ absent, failures, isQuick }: Results): string[] {
  const lines = [
    ...absent.map(({ name, reason }) => `- ${name}: not measured, ${reason}`),
    ...failures.map(({ client, work, scheme, reason }) => `- ${client}, ${work}, ${scheme}: failed, ${reason}`),
    ...(isQuick ? ['- a quick run: too little work for figures that mean something'] : []),
  ]
  return lines.length > 0 ? [lines.join('\n')] : []
}

const titleOf = ({ work, scheme, description }: Cell): string => `${work}, ${scheme.toUpperCase()}: ${description}`

const number = (value: number | undefined, digits: number): string =>
  value === undefined ? '-' : value.toFixed(digits)
