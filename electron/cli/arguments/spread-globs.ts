/**
 * `--include A B` as well as `--include A --include B`: values after the first would be taken for positional
 * arguments. Of the arguments that stand behind a glob flag, as many as there are too many are globs, in order;
 * the rest stays what it is (`--include A B DEST`). Pure.
 */
const GLOB_FLAG = /^--(include|exclude)$/

export function spreadGlobs(args: string[], valueFlags: ReadonlySet<string>, positionals: number): string[] {
  const roles = rolesOf(args, valueFlags)
  let surplus = roles.filter(({ role }) => role !== 'flag').length - positionals
  return roles.flatMap(({ text, role, globFlag }) => {
    if (role !== 'behind-glob' || surplus <= 0) return [text]
    surplus--
    return [globFlag, text]
  })
}

type Role = { text: string; role: 'flag' | 'positional' | 'behind-glob'; globFlag: string }

function rolesOf(args: string[], valueFlags: ReadonlySet<string>): Role[] {
  let globFlag = ''
  let takesValue = false
  let onlyPositionals = false
  return args.map((text): Role => {
    if (takesValue) {
      takesValue = false
      return { text, role: 'flag', globFlag: '' }
    }
    if (!onlyPositionals && text.startsWith('-') && text !== '-') {
      onlyPositionals = text === '--'
      const name = text.split('=', 1)[0] as string
      globFlag = GLOB_FLAG.test(name) ? name : ''
      takesValue = text === name && valueFlags.has(name)
      return { text, role: 'flag', globFlag: '' }
    }
    return { text, role: globFlag && !onlyPositionals ? 'behind-glob' : 'positional', globFlag }
  })
}
