import { type Failure, failed, success } from '../../shared/failure.ts'
import type { BrowseEntry, FolderView, Preview } from '../../shared/ipc-contract.ts'
import { always, neverAnswers, type Script, type ScriptedAnswer } from '../client/testing/scripted-client.ts'
import { emptyDraft, exampleDraft } from '../form/draft/form-draft.ts'
import { sampleKey } from '../job/testing/samples.ts'
import { baseAnswers, FOLDER, INFO, INSTALLED, type Story } from './story.ts'

const NEW = { page: 'new' } as const
const EXAMPLE = exampleDraft(INFO.defaultFolder)

const counted = (more: Partial<Preview> = {}): Omit<Preview, 'previewId'> => ({
  objects: 3,
  bytes: 3.96e9,
  excludedObjects: 493,
  sample: [1, 2, 3].map((day) => ({ key: sampleKey(4 + 16 * (day - 1)), size: 1.32e9 })),
  done: true,
  ...more,
})

function previewing(news: Omit<Preview, 'previewId'> | Failure): ScriptedAnswer<'source.startPreview'> {
  return ({ previewId }, push) => {
    setTimeout(() =>
      push({
        name: 'preview',
        payload:
          'class' in news
            ? {
                preview: { previewId, objects: 0, bytes: 0, excludedObjects: 0, sample: [], done: true },
                failure: news,
              }
            : { preview: { previewId, ...news } },
      }),
    )
    return success({})
  }
}

function form(answers: Script['answers'] = {}, more: Partial<Story> = {}): Story {
  return {
    route: NEW,
    draft: EXAMPLE,
    script: { answers: { ...baseAnswers(), 'source.startPreview': previewing(counted()), ...answers } },
    ...more,
  }
}

const folder = (more: Partial<FolderView>) => ({ 'folder.inspect': always({ ...FOLDER, ...more }) })
const BROWSE = { zh: '浏览…', en: 'Browse…' }
const CHOOSE = { zh: '选择…', en: 'Choose…' }
const START = { zh: '开始下载', en: 'Start download' }
const ADVANCED = { zh: '高级选项', en: 'Advanced' }

const entries: BrowseEntry[] = [
  ...['202508/', '202509/'].map(
    (name): BrowseEntry => ({
      kind: 'prefix',
      key: `e5.oper.an.pl/202510/${name}`,
      size: 0,
      lastModified: '',
    }),
  ),
  ...Array.from(
    { length: 40 },
    (_, index): BrowseEntry => ({
      kind: 'object',
      key: sampleKey(index),
      size: 0.6e9 + (index % 9) * 0.17e9,
      lastModified: `2025-12-${String(1 + (index % 28)).padStart(2, '0')}T08:00:00Z`,
    }),
  ),
]

const failing = (failure: Failure): Story => form({ 'source.startPreview': previewing(failure) })

export const formStories: Record<string, Story> = {
  'form-first-start': form(),
  'form-installed': form({ 'app.info': always(INSTALLED) }),
  'form-empty': form({}, { draft: emptyDraft(INFO.defaultFolder) }),
  'form-empty-attempted': form({}, { draft: emptyDraft(''), click: START }),
  'form-listing': form({
    'source.startPreview': previewing(counted({ objects: 128_400, bytes: 84.1e12, done: false, excludedObjects: 0 })),
  }),
  'form-no-space': form(
    {
      'source.startPreview': previewing(counted({ objects: 496, bytes: 676e9, excludedObjects: 0 })),
      ...folder({ freeBytes: 212e9 }),
    },
    { draft: { ...EXAMPLE, include: [] } },
  ),
  'form-nothing-matches': form({
    'source.startPreview': previewing(counted({ objects: 0, bytes: 0, excludedObjects: 496, sample: [] })),
  }),
  'form-resume': form(folder({ hasJournal: true })),
  'form-read-only': form(folder({ writable: false })),
  'form-unreadable-address': form({}, { draft: { ...EXAMPLE, address: 'ftp://somewhere/else' } }),
  'form-unreadable-pattern': form({}, { draft: { ...EXAMPLE, include: ['*.nc', 'era5[0-9'] } }),
  'form-missing-bucket': failing({
    class: 'missing-bucket',
    code: 'NoSuchBucket',
    httpStatus: 404,
    subject: 'nsf-ncar-era',
  }),
  'form-denied': failing({
    class: 'denied',
    code: 'AccessDenied',
    httpStatus: 403,
    subject: 's3://nsf-ncar-era5/e5.oper.an.pl/202510/',
  }),
  'form-wrong-region': failing({
    class: 'wrong-region',
    code: 'PermanentRedirect',
    httpStatus: 301,
    subject: 'nsf-ncar-era5',
    region: 'us-west-2',
  }),
  'form-offline': failing({ class: 'dns', code: 'ENOTFOUND', subject: 'nsf-ncar-era5.s3.us-west-2.amazonaws.com' }),
  'form-tls': failing({
    class: 'tls',
    code: 'SELF_SIGNED_CERT_IN_CHAIN',
    subject: 'minio.lab.example.org:9000',
    address: '10.20.0.7',
    detail: 'self-signed certificate in certificate chain',
  }),
  'form-start-failed': form(
    {
      'jobs.start': () => failed({ class: 'locked', subject: INFO.defaultFolder }),
    },
    { click: START },
  ),
  'form-keys': form({ 'access.savedKeys': always([]) }, { draft: { ...EXAMPLE, accessKind: 'vault' } }),
  'form-saved-keys': form({}, { draft: { ...EXAMPLE, accessKind: 'vault', vaultId: 'k1' } }),
  'form-profile': form({}, { draft: { ...EXAMPLE, accessKind: 'profile', profile: 'era5-readonly' } }),
  'form-advanced': form(
    {},
    {
      draft: {
        ...EXAMPLE,
        endpointUrl: 'minio.lab',
        rateLimit: '20MiB',
        timeWindow: '22:00',
        verify: 'checksum',
        threads: 20,
        exclude: ['*.xml', '{u,v}_component/**'],
      },
    },
  ),
  'form-advanced-right': form({}, { draft: { ...EXAMPLE, verify: 'reread', rateLimit: '20MiB' }, click: ADVANCED }),
  'browse-listing': form({ 'source.browse': neverAnswers }, { click: BROWSE }),
  'browse-entries': form({ 'source.browse': always({ entries, continuation: 'more' }) }, { click: BROWSE }),
  'browse-empty': form({ 'source.browse': always({ entries: [] }) }, { click: BROWSE }),
  'browse-failed': form(
    {
      'source.browse': () =>
        failed({ class: 'denied', code: 'AccessDenied', httpStatus: 403, subject: 'nsf-ncar-era5' }),
    },
    { click: BROWSE },
  ),
  'browse-buckets': form(
    { 'source.buckets': always(['era5-mirror', 'goes-archive', 'lab-results-2025']) },
    { draft: emptyDraft(INFO.defaultFolder), click: BROWSE },
  ),
  'folder-picker': form(
    {
      'folder.roots': always([
        { path: 'C:\\Users\\li', kind: 'home' as const },
        ...['C:\\', 'D:\\', 'Z:\\'].map((path) => ({ path, kind: 'drive' as const })),
      ]),
      'folder.list': ({ path }) =>
        success({
          path: path || 'D:\\era5',
          parent: 'D:\\',
          folders: ['202508', '202509', '202510', '再分析资料'].map((name) => `D:\\era5\\${name}`),
        }),
    },
    { click: CHOOSE },
  ),
}
