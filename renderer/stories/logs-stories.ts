import type { LogAnalysis, LogGroups } from '../../shared/log-analysis.ts'
import { always } from '../client/testing/scripted-client.ts'
import { emptyHistory } from '../job/testing/sample-history.ts'
import { sampleSnapshot } from '../job/testing/samples.ts'
import { JOBS } from './shell-stories.ts'
import { baseAnswers, type Story } from './story.ts'

const groups = (counts: Record<string, number>, rest = 0, others = 0): LogGroups => ({
  top: Object.entries(counts).map(([name, count]) => ({ name, count })),
  rest,
  others,
})

const ANALYSIS: LogAnalysis = {
  bytes: 8_412_000,
  lines: 31_204,
  kinds: { error: 31_190, python: 0, performance: 0, other: 14 },
  from: '2026-01-01T12:00:00.000Z',
  to: '2026-01-01T18:12:00.000Z',
  errors: 31_190,
  classes: groups({ throttled: 21_300, reset: 6400, stalled: 2900, dns: 590 }),
  addresses: groups({ '52.218.128.10': 9120, '52.218.130.74': 8800, '52.92.138.26': 8105 }, 5165, 41),
  prefixes: groups({ 'e5.oper.an.pl/202510/': 31_190 }),
  actions: groups({ retry: 30_100, 'replace-connection': 1072, 'give-up': 18 }),
  hours: [2100, 2400, 9800, 9600, 4100, 3190].map((count, index) => ({
    hour: `2026-01-01T${12 + index}:00:00.000Z`,
    count,
  })),
  bursts: [
    { from: '2026-01-01T14:10:00.000Z', seconds: 40, count: 812 },
    { from: '2026-01-01T14:40:00.000Z', seconds: 40, count: 790 },
  ],
  period: { seconds: 1800, bursts: 12 },
  performance: null,
  findings: [
    { cause: 'throttling', share: 0.68, evidence: { count: 21_300, errors: 31_190 } },
    { cause: 'periodic-cuts', share: 0.31, evidence: { seconds: 1800, bursts: 12, count: 9890 } },
  ],
}

const REPORT = ['report.json', 'README.txt', 'job.json', 'policy.json', 'timeline.csv', 'decisions.ndjson'].map(
  (name) => ({
    name,
    bytes: 4210,
    preview: JSON.stringify(
      { longhaul: '0.1.0', system: 'win32 x64', destination: 'C:\\Users\\[user]\\era5' },
      null,
      2,
    ),
    isCut: name === 'decisions.ndjson',
  }),
)

function logs(answers: Story['script']['answers'], more: Partial<Story> = {}): Story {
  return {
    route: { page: 'logs' },
    script: {
      answers: { ...baseAnswers(JOBS), 'jobs.snapshot': () => always(sampleSnapshot())(), ...answers },
    },
    ...more,
  }
}

const ANALYSE = { zh: '分析', en: 'Analyse' }

export const logsStories: Record<string, Story> = {
  'logs-empty': logs({}),
  'logs-findings': logs({ 'logs.analyse': always(ANALYSIS) }, { click: ANALYSE }),
  'logs-missing': logs(
    { 'logs.analyse': () => ({ ok: false, failure: { class: 'disk', code: 'ENOENT', subject: '/x' } }) },
    { click: ANALYSE },
  ),
  'logs-report': logs(
    {
      'report.preview': always({ reportId: 'r1', files: REPORT }),
      'jobs.events': always([]),
      'jobs.history': always(emptyHistory()),
      'jobs.objects': always({ total: 0, rows: [] }),
    },
    { route: { page: 'job', jobId: JOBS[0]?.jobId ?? '' }, click: { zh: '生成报告…', en: 'Make a report…' } },
  ),
}
