/** `Longhaul --cli ARGS` is the command line in the packaged program, which has no other Node to offer. Pure. */

/**
 * The arguments after `--cli`, or undefined when a window is wanted. A `--` right behind it is not one of them: on
 * Windows Electron refuses any argument after one that looks like a URL (`s3://...`), except behind `--`.
 */
export function commandLineArguments(argv: string[]): string[] | undefined {
  const at = argv.indexOf('--cli')
  if (at < 1) return undefined
  const rest = argv.slice(at + 1)
  return rest[0] === '--' ? rest.slice(1) : rest
}
