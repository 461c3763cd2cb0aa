/** The drive or network share of a folder, where that itself is not there. */
import nodePath from 'node:path'
import { pathExists } from './path-exists.ts'

/** `D:\`, `\\nas\share\`; undefined: it is there, so whatever fails lies below it. Always so where all is below `/`. */
export async function findMissingDrive(
  folder: string,
  paths: Pick<nodePath.PlatformPath, 'parse' | 'resolve'> = nodePath,
  isThere: (path: string) => Promise<boolean> = pathExists,
): Promise<string | undefined> {
  const { root } = paths.parse(paths.resolve(folder))
  return (await isThere(root)) ? undefined : root
}
