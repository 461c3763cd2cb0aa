/** What a path says of itself, of this system or of another: the program may run elsewhere than the window. Pure. */

/** `~/era5` as a shell reads it; as it is while the home folder is not known. */
export const expandHome = (path: string, homeFolder: string): string =>
  homeFolder === '' ? path : path.replace(/^\s*~(?=[\\/])/, () => homeFolder.replace(/[\\/]+$/, ''))

/** Of `/data/era5` it is `/data/`, of `D:\era5` `D:\`; a root has none. */
export const parentPath = (path: string): string | undefined => /^(.*[\\/])[^\\/]+[\\/]*$/.exec(path.trim())?.[1]

/** `/data/era5`, `D:\era5`, `\\server\share`. */
export const isWindowsPath = (path: string): boolean => /^(?:[a-z]:[\\/]|\\\\)/i.test(path.trim())
export const isAbsolutePath = (path: string): boolean => path.trim().startsWith('/') || isWindowsPath(path)
