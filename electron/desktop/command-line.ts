/** The packaged program is its own command line: it has no other Node to offer. Pure. */

/**
 * The command line's arguments, or undefined when a window is wanted: `longhaul get ...` as the deb and the AppImage
 * are called, `Longhaul.exe --cli -- get ...` as the command in `bin` does on Windows. There Electron refuses every
 * argument after one that looks like a URL (`s3://...`), except behind `--`, which is not one of ours. Where there is no
 * display for a window, its page is served for a browser, as `npm start` does.
 */
export function commandLineArguments(argv: string[], hasDisplay: boolean): string[] | undefined {
  // Chromium wants it from root, in containers for instance.
  const given = argv.slice(argv[1] === '--no-sandbox' ? 2 : 1)
  if (given[0] !== undefined && isCommand(given[0])) return given
  const at = given.indexOf('--cli')
  if (at < 0) return hasDisplay ? undefined : ['web']
  const rest = given.slice(at + 1)
  return rest[0] === '--' ? rest.slice(1) : rest
}

/** A bare word, mistyped or not. What the system adds by itself are switches, addresses and paths. */
const isCommand = (argument: string): boolean =>
  /^[a-z][a-z-]*$/.test(argument) || argument === '--help' || argument === '--version'
