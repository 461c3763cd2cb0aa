import { failed } from '../../shared/failure.ts'
import type { JobView } from '../../shared/ipc-contract.ts'
import type { JobPhase } from '../../shared/job-state.ts'
import { DEFAULT_SETTINGS } from '../../shared/settings.ts'
import { PROGRAM_UNREACHABLE } from '../client/parsed-client.ts'
import { always, neverAnswers } from '../client/testing/scripted-client.ts'
import { emptyDraft } from '../form/draft/form-draft.ts'
import { sampleJob, sampleSnapshot } from '../job/testing/samples.ts'
import { baseAnswers, INFO, INSTALLED, type Story } from './story.ts'

const job = (phase: JobPhase, month: number, more: Partial<JobView> = {}): JobView => {
  const sample = sampleJob()
  const name = `2025${String(month).padStart(2, '0')}`
  return {
    ...sample,
    jobId: `job-${name}`,
    createdAt: `2026-01-${String(month).padStart(2, '0')}T08:00:00Z`,
    phase,
    spec: { ...sample.spec, source: { ...sample.spec.source, prefix: `e5.oper.an.pl/${name}/` } },
    ...more,
  }
}

export const JOBS: JobView[] = [
  job('running', 12),
  job('listing', 11, { bytesDone: 0, bytesTotal: 0, objectsDone: 0, objectsTotal: 0 }),
  job('paused', 10, { bytesDone: 96e9 }),
  job('cooling-down', 9, { bytesDone: 506e9 }),
  job('completed', 8, { bytesDone: 676e9, objectsDone: 496 }),
  job('failed', 7, { bytesDone: 671e9, objectsDone: 493, objectsFailed: 3 }),
  job('interrupted', 6, { bytesDone: 300e9 }),
  job('cancelled', 5, {
    bytesDone: 12e9,
    spec: {
      ...sampleJob().spec,
      source: { ...sampleJob().spec.source, prefix: 'a-very-long-prefix-name-that-does-not-fit/' },
    },
  }),
  job('completed', 4, {
    bytesDone: 676e9,
    objectsDone: 496,
    spec: {
      ...sampleJob().spec,
      source: { ...sampleJob().spec.source, bucket: 'era5-mirror', prefix: 'e5.oper.an.pl/202512/' },
    },
  }),
]

const withJobs = {
  ...baseAnswers(JOBS),
  'jobs.snapshot': () => always(sampleSnapshot())(),
}

export const shellStories: Record<string, Story> = {
  'shell-jobs': { route: { page: 'new' }, draft: emptyDraft(INFO.defaultFolder), script: { answers: withJobs } },
  'shell-sixty-jobs': {
    route: { page: 'job', jobId: 'job-202550' },
    script: {
      answers: {
        ...withJobs,
        'jobs.list': always(
          Array.from({ length: 60 }, (_, index) =>
            job((['completed', 'failed', 'queued', 'running'] as const)[index % 4] ?? 'completed', index + 10, {
              createdAt: '2026-01-01T08:00:00Z',
            }),
          ),
        ),
      },
    },
  },
  'shell-damaged-jobs': {
    route: { page: 'new' },
    draft: emptyDraft(INFO.defaultFolder),
    script: {
      answers: { ...withJobs, 'app.info': always({ ...INFO, damagedJobs: ['C:\\Longhaul\\jobs\\1.json.damaged'] }) },
    },
  },
  'shell-loading': { route: { page: 'new' }, script: { answers: { ...baseAnswers(), 'jobs.list': neverAnswers } } },
  'shell-start-failed': {
    route: { page: 'new' },
    script: {
      answers: { ...baseAnswers(), 'jobs.list': () => failed({ class: 'connect', code: PROGRAM_UNREACHABLE }) },
    },
  },
  'shell-host-lost': {
    route: { page: 'settings' },
    script: { answers: withJobs, hostState: 'lost' },
  },
  'shell-host-refused': {
    route: { page: 'settings' },
    script: { answers: withJobs, hostState: 'refused' },
  },
  settings: { route: { page: 'settings' }, script: { answers: withJobs } },
  'settings-installed': {
    route: { page: 'settings' },
    script: { answers: { ...withJobs, 'app.info': always(INSTALLED) } },
  },
  'settings-changed': {
    route: { page: 'settings' },
    script: {
      answers: {
        ...withJobs,
        'settings.read': always({
          ...DEFAULT_SETTINGS,
          defaultFolder: 'D:\\era5',
          network: {
            proxy: 'http://proxy.campus.example.edu:8080',
            dnsServer: '223.5.5.5',
            resolve: { 's3.us-west-2.amazonaws.com': ['52.218.128.10', '52.218.130.4'] },
          },
          policy: { stallSeconds: 8, longRunSeconds: 7200 },
        }),
      },
    },
  },
}
