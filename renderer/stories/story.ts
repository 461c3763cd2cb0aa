/** A state of the window: the program's side as a script, the place, and what the user has done there. */
import { success } from '../../shared/failure.ts'
import type { AppInfo, FolderView, JobView } from '../../shared/ipc-contract.ts'
import { DEFAULT_SETTINGS } from '../../shared/settings.ts'
import { always, type Script } from '../client/testing/scripted-client.ts'
import type { FormDraft } from '../form/draft/form-draft.ts'
import type { Route } from '../shell/route.ts'

export type Story = {
  route: Route
  script: Script
  /** What stands in the form already. */
  draft?: FormDraft
  /** Name of the button that leads to the state; screenshots.ts presses it once the page has settled. */
  click?: { zh: string; en: string }
}

export const INFO: AppInfo = {
  version: '0.1.0',
  host: 'web',
  platform: 'windows',
  systemLanguage: 'zh',
  damagedJobs: [],
  homeFolder: 'C:\\Users\\wang',
  defaultFolder: 'D:\\era5\\202510',
  vault: 'os',
  nativeDialogs: false,
  startsAtLogin: false,
}

export const INSTALLED: AppInfo = { ...INFO, host: 'desktop', nativeDialogs: true, startsAtLogin: true }

export const FOLDER: FolderView = {
  path: INFO.defaultFolder,
  exists: true,
  writable: true,
  freeBytes: 1.24e12,
  isBelowFile: false,
  isDriveMissing: false,
  hasJournal: false,
}

/** What every story answers alike, unless it says otherwise. */
export function baseAnswers(jobs: JobView[] = []): Script['answers'] {
  return {
    'app.info': always(INFO),
    'settings.read': always(DEFAULT_SETTINGS),
    'settings.write': (settings) => success({ ...DEFAULT_SETTINGS, ...settings } as typeof DEFAULT_SETTINGS),
    'jobs.list': always(jobs),
    'jobs.snapshot': always(null),
    'access.profiles': always(['default', 'era5-readonly', 'lab']),
    'access.savedKeys': always([{ id: 'k1', label: '课题组账号' }]),
    'folder.inspect': always(FOLDER),
    'source.startPreview': always({}),
    'source.stopPreview': always({}),
  }
}
