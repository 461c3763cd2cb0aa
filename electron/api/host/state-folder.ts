/** Where settings, jobs and histories live: one folder per user, shared by window, browser and command line. */
import { homedir } from 'node:os'
import { join } from 'node:path'

/** `LONGHAUL_STATE_FOLDER` wins; else where the platform keeps an application's data. Pure. */
export function stateFolderOf(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform, home = homedir()): string {
  if (environment.LONGHAUL_STATE_FOLDER) return environment.LONGHAUL_STATE_FOLDER
  if (platform === 'win32') return join(environment.APPDATA || join(home, 'AppData', 'Roaming'), 'Longhaul')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Longhaul')
  return join(environment.XDG_STATE_HOME || join(home, '.local', 'state'), 'longhaul')
}

/** Where a new job goes unless the user chooses otherwise: below the folder for downloads, where the host knows it. */
export const defaultFolderOf = (downloads = join(homedir(), 'Downloads')): string => join(downloads, 'longhaul')
