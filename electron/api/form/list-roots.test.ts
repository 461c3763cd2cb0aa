import { expect, test } from 'vitest'
import { listRoots } from './list-roots.ts'

const machine = (folders: Record<string, string[]>) => ({
  list: async (folder: string) => [...(folders[folder] ?? [])],
  isThere: async (path: string) => folders[path] !== undefined,
})

test.each<[string, NodeJS.Platform, string, Record<string, string[]>, string[]]>([
  [
    'the drives of a Windows',
    'win32',
    'C:\\Users\\li',
    { 'C:\\': [], 'D:\\': [], 'Z:\\': [] },
    ['C:\\Users\\li', 'C:\\', 'D:\\', 'Z:\\'],
  ],
  ['a Linux without mounts', 'linux', '/home/li', {}, ['/home/li', '/']],
  [
    'disks that a Linux desktop has mounted, and what was mounted by hand',
    'linux',
    '/home/li',
    { '/run/media/li': ['USB'], '/media': ['li', 'nas'], '/media/li': ['Disk 2'], '/mnt': ['data'] },
    ['/home/li', '/', '/run/media/li/USB', '/media/li/Disk 2', '/media/nas', '/mnt/data'],
  ],
  ['the volumes of a Mac', 'darwin', '/Users/li', { '/Volumes': ['T7'] }, ['/Users/li', '/', '/Volumes/T7']],
])('%s', async (_, platform, home, folders, expected) => {
  const roots = await listRoots({ platform, home, ...machine(folders) })
  expect(roots.map(({ path }) => path)).toEqual(expected)
  expect(roots.map(({ kind }) => kind)).toEqual(['home', ...expected.slice(1).map(() => 'drive')])
})

test('those of this machine are whole paths that are there', async () => {
  const roots = await listRoots({ platform: process.platform })
  expect(roots.length).toBeGreaterThan(1)
})
