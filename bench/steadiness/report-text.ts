/** Tables and sentences of the benchmark, in Markdown. Pure. */
import { START_SECONDS, WINDOW_HOURS } from './figures.ts'
import type { ClientName, ClientRun, SteadinessResults, WeatherResult } from './results.ts'
import { type Judged, judge } from './targets.ts'
import { CAPACITY, CONNECTIONS } from './weathers.ts'

export const CLIENT_TITLES: Record<ClientName, string> = {
  longhaul: 'Longhaul',
  sdk: 'naive SDK pool',
  plan: 'plans A-D',
}

export function steadinessText(results: SteadinessResults): string {
  return `${[...results.weathers.map((weather) => weatherSection(weather)), targetSection(results)].join('\n\n')}\n`
}

/** The whole of docs/steadiness.md. */
export function steadinessDocument(results: SteadinessResults): string {
  const { hourSeconds, hours, machine, time } = results
  const sections = results.weathers.map((weather) => weatherSection(weather, `images/steadiness-${weather.name}.svg`))
  return `# Steady for hours

\`npm run bench -- steadiness\` runs a download through every weather that slows others down, over real sockets on
loopback, and writes this page. Side by side, each with a server of its own: Longhaul, a naive pool over the AWS SDK, and
the same pool with the cures the user had written down for himself (plans A to D: a delay that follows the success rate, a
new client every hour, half the workers after two hours, a health check). Plan C costs half the
speed here by itself, for the line gives each connection its own.

**One hour was ${hourSeconds} s**, so ${hours} hours were ${hours * hourSeconds} s. Of Longhaul's policy only the hours were shortened likewise
(\`connectionMaxAgeSeconds\`, \`poolRebuildSeconds\`, \`healthCheckSeconds\`). \`--real\` runs it uncompressed; a cut and
a disk that stands still last 60 s then, dead DNS 10 min, here as long as the charts show. The line brings ${CAPACITY / 1e6} MB/s: ${CONNECTIONS} connections of ${CAPACITY / CONNECTIONS / 1e6} MB/s. The speed at an hour is the mean over ${WINDOW_HOURS * hourSeconds} s around it, at hour 0 after the
first ${START_SECONDS} s, counted by the server; the last column has the client's own count of bytes it holds. What the server hands
over to full socket buffers counts at once, so a little more than what was possible can be measured.

Measured ${time.slice(0, 10)} on ${machine}; clients and servers share it.

${sections.join('\n\n')}

${targetSection(results)}

The 60 s and 10 min of uncompressed hours, and every weather in real hours, are proven in virtual time as well: \`electron/engine/testing/simulator/steadiness.test.ts\`.
`
}

function weatherSection({ title, runs, busyShare, failures, skipped }: WeatherResult, image?: string): string {
  const heading = `## ${title[0]?.toUpperCase()}${title.slice(1)}`
  if (skipped) return `${heading}\n\nNot run: ${skipped}.`
  const hours = runs[0]?.speeds.map((_, hour) => `${hour} h`) ?? []
  const speeds = table(
    ['MB/s', ...hours, 'last / first', 'of what was possible', 'by its own count'],
    runs.map((run) => [CLIENT_TITLES[run.client], ...speedCells(run)]),
  )
  const sockets = table(
    ['', 'received twice', 'connections', 'open at once', 'left open'],
    runs.map((run) => [CLIENT_TITLES[run.client], ...socketCells(run)]),
  )
  return [
    heading,
    ...(image ? [`![Speed over time: ${title}](${image})`] : []),
    ...(runs.length > 0 ? [speeds, sockets] : []),
    ...failures.map(({ client, message }) => `${CLIENT_TITLES[client]} did not run: ${message}.`),
    ...(busyShare === undefined ? [] : [`The machine's processors were ${percent(busyShare)} busy.`]),
  ].join('\n\n')
}

const speedCells = ({ speeds, ratio, capacityShare, counted }: ClientRun): string[] => [
  ...speeds.map(megabytes),
  ratio.toFixed(2),
  percent(capacityShare),
  counted.speeds.map(megabytes).join(' '),
]

const socketCells = ({ counted, connections, mostSockets, leakedSockets }: ClientRun): string[] => [
  percent(counted.duplicateShare),
  ...[connections, mostSockets, leakedSockets].map(String),
]

function targetSection(results: SteadinessResults): string {
  const judged = judge(results)
  const rows = judged.map(({ weather, target, measured, isReached }) => [
    weather,
    target,
    measured,
    isReached ? 'reached' : '**missed**',
  ])
  return [
    `## Targets\n\nOf ${judged.length}, ${judged.filter(({ isReached }) => isReached).length} were reached.`,
    table(['weather', 'target', 'measured', ''], rows),
    ...judged.filter(({ isReached }) => !isReached).map((miss) => missSentence(miss, results)),
  ].join('\n\n')
}

/** What was missed, by what, and what was decided meanwhile: where to look first. */
function missSentence({ weather, target, measured }: Judged, { weathers }: SteadinessResults): string {
  const found = weathers.find(({ title }) => title === weather)
  const ours = found?.runs.find(({ client }) => client === 'longhaul')
  const decisions = Object.entries(ours?.own?.events ?? {}).map(([code, count]) => `${code} ${count}`)
  const speeds = ours ? ` Its speeds at the hours were ${ours.speeds.map(megabytes).join(', ')} MB/s` : ''
  const busy = found?.busyShare === undefined ? '' : `, the machine was ${percent(found.busyShare)} busy`
  const decided = decisions.length > 0 ? ` It decided: ${decisions.join(', ')}.` : ''
  return `Missed (${weather}): ${target}; it was ${measured}.${speeds && `${speeds}${busy}.`}${decided}`
}

const megabytes = (bytesPerSecond: number): string => (bytesPerSecond / 1e6).toFixed(1)
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
