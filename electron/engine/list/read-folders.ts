/**
 * What lies directly below a prefix: its folders and the objects beside them, as a listing with a delimiter has them.
 */
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import type { ListedObject, ListPage } from '../engine-ports.ts'
import type { PageReader } from './page-reader.ts'

export type FolderLevel = { objects: ListedObject[]; prefixes: string[] }

export type Folders = {
  /** The prefix whose folders these are. */
  level: string
  pages: AsyncIterable<Outcome<FolderLevel>>
  /** For a caller that does not read the pages. */
  close(): void
}

/** How many folders of this level, or runs of keys outside it, the keys lie in. At least one. */
export function countFolders(keys: Iterable<string>, level: string): number {
  const folders = new Set<string>()
  for (const key of keys) folders.add(key.slice(0, key.indexOf('/', level.length) + 1))
  return Math.max(1, folders.size)
}

/**
 * The pages of the first level below the prefix that branches: `a/`, `a/b/` and `a/b/c/` with nothing beside them are
 * passed through. Undefined when the server does not know delimiters, or answers what cannot be.
 */
export async function readFolders(prefix: string, open: (prefix: string) => PageReader): Promise<Folders | undefined> {
  let level = prefix
  for (;;) {
    const reader = open(level)
    const first = await reader.next()
    if (!first?.ok || first.value.prefixes.length === 0 || !isPossible(level, first.value)) {
      reader.stop()
      return undefined
    }
    const { objects, prefixes, continuation } = first.value
    const [only = ''] = prefixes
    if (continuation !== undefined || prefixes.length > 1 || objects.length > 0)
      return { level, pages: pagesOf(level, first.value, reader), close: reader.stop }
    reader.stop()
    level = only
  }
}

async function* pagesOf(level: string, first: ListPage, reader: PageReader): AsyncGenerator<Outcome<FolderLevel>> {
  reader.readAhead(1)
  try {
    let page = success(first) as Outcome<ListPage> | undefined
    for (; page; page = await reader.next()) {
      if (!page.ok) yield page
      else if (isPossible(level, page.value)) yield success(page.value)
      else yield failed({ class: 'protocol', code: 'bad-listing' })
      if (!page.ok || page.value.continuation === undefined) return
    }
  } finally {
    reader.stop()
  }
}

/** Every folder is one step below the level, and no object lies in one of them. */
function isPossible(level: string, { objects, prefixes }: FolderLevel): boolean {
  const isStep = (folder: string) =>
    folder.startsWith(level) && folder.indexOf('/', level.length) === folder.length - 1 && folder.length > level.length
  const isBeside = ({ key }: ListedObject) => key.startsWith(level) && !key.includes('/', level.length)
  return prefixes.every(isStep) && objects.every(isBeside)
}

export type LevelEntry = { kind: 'folder'; prefix: string } | { kind: 'objects'; objects: ListedObject[] }

/** Folders and runs of objects as a plain listing has them: in the order of the keys' UTF-8 bytes. */
export function mergeByKey({ objects, prefixes }: FolderLevel): LevelEntry[] {
  const named = [
    ...objects.map((object) => ({ bytes: Buffer.from(object.key), object })),
    ...prefixes.map((prefix) => ({ bytes: Buffer.from(prefix), prefix })),
  ].sort((a, b) => Buffer.compare(a.bytes, b.bytes))
  const entries: LevelEntry[] = []
  for (const entry of named) {
    const last = entries.at(-1)
    if ('prefix' in entry) entries.push({ kind: 'folder', prefix: entry.prefix })
    else if (last?.kind === 'objects') last.objects.push(entry.object)
    else entries.push({ kind: 'objects', objects: [entry.object] })
  }
  return entries
}
