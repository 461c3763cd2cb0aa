import { access } from 'node:fs/promises'

/** Whether anything bears this path; false as well where it may not be looked at. */
export const pathExists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
