/**
 * Walks the listing of a prefix and hands on its pages in the order of the keys, one at a time.
 *
 * One listing answers a thousand keys per round trip. Where the keys lie in folders, these are listed side by side: a
 * few ahead of the one whose turn it is, each some pages deep, so that memory stays bounded and the order is that of a
 * plain listing all the same. The way it goes:
 *
 * - The first pages come from the plain listing, whatever there is: a small prefix costs no request more, and the first
 *   object is under way after the first answer.
 * - If there is more, and the keys lie in folders of half a page or more, the folders are requested with a delimiter,
 *   and each is listed from its start by the same rule. What the plain pages have listed already is left out by name,
 *   not by position: servers differ in what `start-after` means.
 * - A server that does not know the delimiter, or answers what cannot be, is listed plainly to the end.
 */
import { type Failure, failed, type Outcome, success } from '../../../shared/failure.ts'
import type { ListedObject, ObjectSource } from '../engine-ports.ts'
import { askPatiently, createPageReader, type PageReader } from './page-reader.ts'
import { countFolders, type FolderLevel, mergeByKey, readFolders } from './read-folders.ts'

export type ListingOptions = {
  source: Pick<ObjectSource, 'listPage'>
  prefix: string
  /** Whether and when to try again: milliseconds, or undefined to give up. */
  retryAfterMs(failure: Failure, attempts: number): number | undefined
  sleep(milliseconds: number): Promise<void>
  onPage(objects: ListedObject[]): Promise<void> | void
  /** Called behind each page: true where the rest is not wanted. */
  isEnough?(): boolean
  signal: AbortSignal
}

/** So many pages are read plainly before folders are requested: below that it would cost more than it saves. */
const PLAIN_PAGES = 2
/** Folders that are listed side by side. */
const FOLDERS_ABREAST = 8
/** Pages of a folder that may wait for its turn. Three levels of eight folders then hold some 50 MB. */
const PAGES_AHEAD = 8
/** A folder whose first keys lie in no sub-folder is taken for flat behind so many pages. */
const MOST_PAGES_REMEMBERED = PLAIN_PAGES + PAGES_AHEAD

/** Smaller folders than half a page are not worth a request each: the plain listing brings several of them at once. */
const MOST_FOLDERS_PER_PAGE = 2

type IsKnown = (key: string) => boolean

/** Resolves when the last page has been handed on. */
export async function listObjects(options: ListingOptions): Promise<Outcome<void>> {
  const { source, signal, onPage } = options

  const read = (prefix: string, pagesAhead: number): PageReader => {
    const ask = (continuation: string | undefined) =>
      source.listPage({ prefix, ...(continuation ? { continuation } : {}) }, signal)
    return createPageReader(askPatiently(ask, options), pagesAhead)
  }

  /** Hands on what a prefix holds, from its own reader as long as that is the best way. */
  async function walk(prefix: string, reader: PageReader, isKnown: IsKnown): Promise<Outcome<void>> {
    const seen = new Set<string>()
    let pages = 0
    let hasFolders = false
    let isPlain = false
    reader.readAhead(0)
    for (;;) {
      const page = await reader.next()
      if (signal.aborted) return failed({ class: 'cancelled' })
      if (!page) return success(undefined)
      if (!page.ok) return page
      const { objects, continuation } = page.value
      await onPage(objects.filter(({ key }) => !isKnown(key)))
      if (signal.aborted) return failed({ class: 'cancelled' })
      if (continuation === undefined || options.isEnough?.()) return success(undefined)
      if (isPlain) continue
      pages++
      for (const { key } of objects) {
        seen.add(key)
        hasFolders ||= key.includes('/', prefix.length)
      }
      if (reader.waiting > 0 || pages < PLAIN_PAGES) continue
      const folders = hasFolders ? await openFolders(prefix) : undefined
      if (folders && countFolders(seen, folders.level) <= MOST_FOLDERS_PER_PAGE * pages) {
        reader.stop()
        return walkFolders(folders.pages, (key) => seen.has(key) || isKnown(key))
      }
      folders?.close()
      isPlain = hasFolders || pages >= MOST_PAGES_REMEMBERED
      if (!isPlain) continue
      seen.clear()
      reader.readAhead(PAGES_AHEAD)
    }
  }

  const openFolders = (prefix: string) => {
    const ask = (folder: string) => (continuation: string | undefined) =>
      source.listPage({ prefix: folder, delimiter: '/', ...(continuation ? { continuation } : {}) }, signal)
    return readFolders(prefix, (folder) => createPageReader(askPatiently(ask(folder), options), 0))
  }

  async function walkFolders(levels: AsyncIterable<Outcome<FolderLevel>>, isKnown: IsKnown): Promise<Outcome<void>> {
    /** Some servers name a folder again on the next page. */
    const walked = new Set<string>()
    for await (const level of levels) {
      if (!level.ok) return level
      const { objects, prefixes } = level.value
      const entries = mergeByKey({ objects, prefixes: [...new Set(prefixes)].filter((name) => !walked.has(name)) })
      const names = entries.flatMap((entry) => (entry.kind === 'folder' ? [entry.prefix] : []))
      const readers = readAbreast(names, (name) => read(name, PAGES_AHEAD))
      try {
        for (const entry of entries) {
          if (entry.kind === 'objects') await onPage(entry.objects.filter(({ key }) => !isKnown(key)))
          else {
            const outcome = await walk(entry.prefix, readers.next(), isKnown)
            if (!outcome.ok) return outcome
            walked.add(entry.prefix)
          }
          if (signal.aborted) return failed({ class: 'cancelled' })
        }
      } finally {
        readers.stop()
      }
    }
    return success(undefined)
  }

  return walk(options.prefix, read(options.prefix, 0), () => false)
}

/** The readers of these folders in turn; those of the next few have been begun by then. */
function readAbreast(folders: readonly string[], open: (folder: string) => PageReader) {
  /** The one whose turn it is, and those that are ahead. */
  const begun: PageReader[] = []
  let opened = 0
  return {
    next(): PageReader {
      begun.shift()
      while (begun.length < FOLDERS_ABREAST && opened < folders.length) begun.push(open(folders[opened++] as string))
      return begun[0] as PageReader
    },
    stop(): void {
      for (const reader of begun) reader.stop()
    },
  }
}
