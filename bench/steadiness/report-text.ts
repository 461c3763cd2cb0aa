/** Tables and sentences of the benchmark, in Markdown. Pure. */
import { START_SECONDS, WINDOW_HOURS } from './figures.ts'
import type { ClientName, ClientRun, SteadinessResults, WeatherResult } from './results.ts'
import { judge } from './targets.ts'
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
new client every hour, half the workers after two hours, a health check).

**One hour was ${hourSeconds} s**, so ${hours} hours were ${hours * hourSeconds} s. Of Longhaul's policy only the hours were shortened likewise
(\`connectionMaxAgeSeconds\`, \`poolRebuildSeconds\`, \`healthCheckSeconds\`). \`--real\` runs it uncompressed. The line
brings ${CAPACITY / 1e6} MB/s: ${CONNECTIONS} connections of ${CAPACITY / CONNECTIONS / 1e6} MB/s. The speed at an hour is the mean over ${WINDOW_HOURS * hourSeconds} s around it, at hour 0 after the
first ${START_SECONDS} s, counted by the server.

Measured ${time.slice(0, 10)} on ${machine}.

${sections.join('\n\n')}

${targetSection(results)}

What cannot be made over sockets alone, a disk that stands still and the 60 s and 10 min of real hours, is proven in
virtual time: \`electron/engine/testing/simulator/steadiness.test.ts\`.
`
}

function weatherSection({ title, runs, skipped }: WeatherResult, image?: string): string {
  const heading = `## ${title[0]?.toUpperCase()}${title.slice(1)}`
  if (skipped) return `${heading}\n\nNot run: ${skipped}.`
  const hours = runs[0]?.speeds.map((_, hour) => `${hour} h`) ?? []
  const head = ['MB/s', ...hours, 'last / first', 'of what was possible']
  const rows = runs.map((run) => [CLIENT_TITLES[run.client], ...figureCells(run)])
  const picture = image ? `\n\n![Speed over time: ${title}](${image})` : ''
  return `${heading}${picture}\n\n${table(head, rows)}`
}

const figureCells = ({ speeds, ratio, capacityShare }: ClientRun): string[] => [
  ...speeds.map((speed) => (speed / 1e6).toFixed(1)),
  ratio.toFixed(2),
  `${(capacityShare * 100).toFixed(1)} %`,
]

function targetSection(results: SteadinessResults): string {
  const rows = judge(results).map(({ weather, target, measured, isReached }) => [
    weather,
    target,
    measured,
    isReached ? 'reached' : '**missed**',
  ])
  return `## Targets\n\n${table(['weather', 'target', 'measured', ''], rows)}`
}

function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
