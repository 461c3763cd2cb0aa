/** Sees to a browser and a Chinese font for the end-to-end tests; on Debian as root it installs them. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { findBrowser } from '../e2e/find-browser.ts'

export function ensureBrowser(): { browser: string | undefined; hasChineseFont: boolean } {
  const missing = [...(findBrowser() ? [] : ['chromium']), ...(hasChineseFont() ? [] : ['fonts-wqy-microhei'])]
  const isDebianRoot = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0
  if (missing.length > 0 && isDebianRoot) {
    console.log(`installing ${missing.join(' ')} ...`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env })
    const install = ['install', '-y', '-qq', '--no-install-recommends', ...missing]
    spawnSync('apt-get', install, { stdio: ['ignore', 'ignore', 'inherit'], env })
  }
  return { browser: findBrowser(), hasChineseFont: hasChineseFont() }
}

/** Windows and macOS bring Chinese fonts along. */
function hasChineseFont(): boolean {
  if (process.platform !== 'linux') return true
  const list = spawnSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' })
  return list.status === 0 && list.stdout.trim() !== ''
}
