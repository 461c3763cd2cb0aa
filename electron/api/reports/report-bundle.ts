/** What a report has about a job: the list of its files, as text, before redaction. Pure. */
import { writeDiagnostics } from '../../../shared/describe-diagnosis.ts'
import type { DiagnosisReport } from '../../../shared/diagnosis.ts'
import type { EngineEvent } from '../../../shared/engine-event.ts'
import type { JobView } from '../../../shared/ipc-contract.ts'
import type { History } from '../../../shared/job-history.ts'
import type { LogAnalysis } from '../../../shared/log-analysis.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import type { Policy } from '../../../shared/policy.ts'
import { historyCsv } from '../records/history-csv.ts'

export type ReportFacts = {
  /** Program, runtime and system. */
  versions: Record<string, string>
  createdAt: string
  job: JobView
  policy: Policy
  history: History
  events: readonly EngineEvent[]
  snapshot: MetricsSnapshot | undefined
  diagnosis: DiagnosisReport | undefined
  /** Of `download_errors.log`. */
  analysis: LogAnalysis | undefined
  /** The ends of the job's logs, whole lines. */
  excerpts: readonly { name: string; text: string }[]
}

export type ReportFile = { name: string; text: string }

export function listReportFiles(facts: ReportFacts): ReportFile[] {
  const { versions, createdAt, job, policy, history, events, snapshot, diagnosis, analysis, excerpts } = facts
  const { summary, ...view } = job
  return [
    json('report.json', { createdAt, ...versions, files: 'see README.txt' }),
    { name: 'README.txt', text: README },
    json('job.json', { ...view, ...(summary ? { summary } : {}) }),
    json('policy.json', policy),
    { name: 'timeline.csv', text: historyCsv(history) },
    { name: 'decisions.ndjson', text: linesOf(events) },
    ...(snapshot ? [json('snapshot.json', snapshot)] : []),
    ...(diagnosis
      ? [{ name: 'diagnostics.txt', text: writeDiagnostics(diagnosis, 'zh') }, json('diagnosis.json', diagnosis)]
      : []),
    ...(analysis ? [json('log-analysis.json', analysis)] : []),
    ...excerpts,
  ]
}

const README = `Longhaul 报告 / report

report.json        版本与系统 / versions and system
job.json           任务：来源、线程数、网络、结果 / job: source, threads, network, outcome
policy.json        稳速常数 / steadiness constants
timeline.csv       速度随时间的变化 / speed over time
decisions.ndjson   决策记录 / decision log
snapshot.json      最后的状态、连接与地址 / last state, connections, addresses
diagnosis.json     诊断 / diagnosis (if one was made; diagnostics.txt for people)
log-analysis.json  错误日志的分析 / analysis of the error log
*.log, *.ndjson    日志的末尾 / ends of the logs

密钥、令牌、签名和用户名已除去。/ Keys, tokens, signatures and user names are removed.
`

const json = (name: string, value: unknown): ReportFile => ({ name, text: `${JSON.stringify(value, null, 2)}\n` })
const linesOf = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('')
