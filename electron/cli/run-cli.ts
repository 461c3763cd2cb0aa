/** Arguments in, exit code out. Reads like the help text; the work is in `commands/`. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError, Option } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { parseS3Address } from '../../shared/s3-address.ts'
import { DEFAULT_SETTINGS, type Settings, settingsSchema } from '../../shared/settings.ts'
import { decodeText } from '../api/host/decode-text.ts'
import { stateFolderOf } from '../api/host/state-folder.ts'
import { collectFlags, type TypedFlags } from './arguments/collect-flags.ts'
import {
  ANALYZE_LOG_FLAGS,
  DEMO_FLAGS,
  DOCTOR_FLAGS,
  type Flag,
  GET_FLAGS,
  JSON_FLAG,
  LS_FLAGS,
  WEB_FLAGS,
} from './arguments/flags.ts'
import { spreadGlobs } from './arguments/spread-globs.ts'
import { UsageError } from './arguments/usage-error.ts'
import type { CommandContext } from './commands/command-context.ts'
import { earlyFailureLine } from './output/json-lines.ts'
import { adviceFor, languageOf, printable, sentenceFor } from './output/sentences.ts'
import { createOutput, type Io, type Output } from './output/terminal-io.ts'
import { EXIT, exitCodeOfFailure } from './process/exit-code.ts'

/** Below the flags of `get`: the two commands that most people begin with. */
const GET_FOOTER = `
Examples:
  longhaul get s3://nsf-ncar-era5/e5.oper.an.pl/202510/ ./era5 --no-sign-request --region us-west-2
  longhaul get s3://BUCKET/PREFIX/ ./here --include '*.nc' --dry-run`

const helpFooter = (settingsFile: string) => `
"longhaul get --help" lists the flags of get, and so on. Sizes: 20M, 20MB (powers of 1000), 20MiB (powers of 1024).
Every flag has an environment name: --endpoint-url is LONGHAUL_ENDPOINT_URL. Flags beat the environment, the
environment beats the settings file, for instance { "flags": { "threads": 32 } }:
${settingsFile}

Exit codes: 0 all objects there and verified, 1 some objects failed, 2 usage, 3 bucket, prefix or permission,
4 network or DNS, 5 disk full or not writable, 130 interrupted (run the same command again to resume).`

/** `argv` without the program's own name. Never throws; prints no stack trace. */
export async function runCli(argv: string[], io: Io = processIo()): Promise<number> {
  const output = createOutput(io)
  const exitCode = await runCommand(argv, io, output)
  // A failed write is reported one turn of the event loop later.
  await new Promise(setImmediate)
  const unwritten = output.failure()
  if (!unwritten) return exitCode
  const language = languageOf(io.environment)
  output.say(`longhaul: ${sentenceFor(unwritten, language)}${adviceFor(unwritten, language)}`)
  // A download without its output has still fetched the objects; any other command is nothing but its output.
  const isDownload = argv[0] === 'get' && !argv.includes('--dry-run')
  return exitCode === EXIT.complete && !isDownload ? exitCodeOfFailure(unwritten) : exitCode
}

async function runCommand(argv: string[], io: Io, output: Output): Promise<number> {
  let exitCode: number = EXIT.usage
  const program = buildProgram(io, output, async (work) => {
    exitCode = await work
  })
  try {
    await program.parseAsync(prepare(argv), { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.complete
    if (error instanceof CommanderError) error.message += fullNameHint(error.message, argv[0], program)
    return reportThrown(error, isJsonWanted(argv, io), output)
  }
}

function buildProgram(io: Io, output: Output, finish: (work: Promise<number>) => Promise<void>): Command {
  const program = new Command('longhaul')
    .description('Downloads huge S3 prefixes for hours or days without its speed decaying.')
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      // Errors are printed once, in one line, by reportThrown.
      writeErr: () => {},
    })
    .showSuggestionAfterError(true)
    .helpCommand(false)
    .addHelpText('after', () => helpFooter(settingsFileOf(io)))
    .allowExcessArguments()
    .action(() => {
      const wrong = program.args[0]
      if (wrong !== undefined && parseS3Address(wrong))
        throw new UsageError(`a command is missing: to download, longhaul get ${wrong} DEST`)
      const mistake = wrong === undefined ? 'a command is missing' : `${JSON.stringify(wrong)} is no command`
      throw new UsageError(`${mistake}: get, ls, doctor, analyze-log, web or demo (see longhaul --help)`)
    })

  addFlags(program.command('get'), GET_FLAGS)
    .description('download every object below a prefix; resumes by itself when DEST holds a journal')
    .argument('<s3://BUCKET[/PREFIX]>', 'what to fetch: every key that begins with PREFIX')
    .argument('[DEST]', 'folder that receives the objects')
    .addHelpText('after', GET_FOOTER)
    .action((address: string, destination: string | undefined, _options, command: Command) =>
      finish(
        import('./commands/run-get.ts').then(({ runGet }) =>
          runGet(address, destination, contextOf(command, GET_FLAGS, io, output)),
        ),
      ),
    )
  addFlags(program.command('ls'), LS_FLAGS)
    .description('list keys and sizes')
    .argument('<s3://BUCKET[/PREFIX]>')
    .action((address: string, _options, command: Command) =>
      finish(
        import('./commands/run-ls.ts').then(({ runLs }) => runLs(address, contextOf(command, LS_FLAGS, io, output))),
      ),
    )
  addFlags(program.command('doctor'), DOCTOR_FLAGS)
    .description('why is it slow? connections, DNS, bucket, speed, disk, this machine; less than 20 s')
    .argument('[s3://BUCKET/PREFIX]', 'without it only this machine is looked at')
    .action((address: string | undefined, _options, command: Command) =>
      finish(
        import('./commands/run-doctor.ts').then(({ runDoctor }) =>
          runDoctor(address, contextOf(command, DOCTOR_FLAGS, io, output)),
        ),
      ),
    )
  addFlags(program.command('analyze-log'), ANALYZE_LOG_FLAGS)
    .description('what the errors of a log have in common: download_errors.log, performance.ndjson, logs of botocore')
    .argument('<FILE>')
    .action((file: string, _options, command: Command) =>
      finish(
        import('./commands/run-analyze-log.ts').then(({ runAnalyzeLog }) =>
          runAnalyzeLog(file, contextOf(command, ANALYZE_LOG_FLAGS, io, output)),
        ),
      ),
    )
  addFlags(program.command('web'), WEB_FLAGS)
    .description('serve the window on this machine, for a browser')
    .action((_options, command: Command) =>
      finish(import('./commands/run-web.ts').then(({ runWeb }) => runWeb(contextOf(command, WEB_FLAGS, io, output)))),
    )
  addFlags(program.command('demo'), DEMO_FLAGS)
    .description('a real download from an embedded S3 server with bad weather, verified byte by byte')
    .action((_options, command: Command) =>
      finish(
        import('./commands/run-demo.ts').then(({ runDemo }) => runDemo(contextOf(command, DEMO_FLAGS, io, output))),
      ),
    )
  return program
}

function addFlags(command: Command, flags: Flag[]): Command {
  command.allowExcessArguments(false)
  for (const flag of flags) {
    const help = flag.isRepeatable ? `${flag.help} (may be repeated)` : flag.help
    const option = new Option(flag.value ? `--${flag.name} <${flag.value}>` : `--${flag.name}`, help)
    if (flag.isRepeatable) option.argParser((value, earlier: string[] | undefined) => [...(earlier ?? []), value])
    command.addOption(option)
  }
  return command
}

function contextOf(command: Command, flags: Flag[], io: Io, output: Output): CommandContext {
  const stateFolder = stateFolderOf(io.environment, process.platform)
  const settings = readSettings(settingsFileOf(io), output)
  return {
    io,
    output,
    flags: collectFlags(flags, typedFlags(command), io.environment, settings.flags),
    settings,
    parse: { settings, workingFolder: io.workingFolder, platform: process.platform, readText },
    language: languageOf(io.environment),
    stateFolder,
    async openEngine() {
      const [{ createRealEngine }, { programFilesOf }, { createSessionVault }, { systemClock }] = await Promise.all([
        import('../api/real-engine/real-engine.ts'),
        import('./process/program-files.ts'),
        import('../api/host/vault.ts'),
        import('../api/host/system-clock.ts'),
      ])
      return createRealEngine({
        workers: programFilesOf().workers,
        vault: createSessionVault(),
        clock: systemClock,
        environment: io.environment,
      })
    },
  }
}

const settingsFileOf = ({ environment }: Pick<Io, 'environment'>): string =>
  join(stateFolderOf(environment, process.platform), 'settings.json')

/** Only what was typed: commander's defaults (a `--no-x` option is true until typed) do not count. */
function typedFlags(command: Command): TypedFlags {
  const typed: TypedFlags = new Map()
  for (const option of command.options) {
    const attribute = option.attributeName()
    if (command.getOptionValueSource(attribute) !== 'cli') continue
    const value = command.getOptionValue(attribute)
    typed.set(option.name(), option.required ? value : true)
  }
  return typed
}

/** Regular files only: a pipe or a device may block or never end. */
function readText(path: string): string {
  if (!statSync(path).isFile()) throw Object.assign(new Error(), { code: 'not a regular file' })
  return decodeText(readFileSync(path))
}

/** A damaged settings file is reported and ignored; the window repairs it. */
function readSettings(path: string, output: Pick<Output, 'say'>): Settings {
  try {
    return settingsSchema.parse(JSON.parse(readText(path)))
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isMissing) output.say(`longhaul: ${printable(path)} cannot be used, so no setting of it counts`)
    return DEFAULT_SETTINGS
  }
}

function prepare(argv: string[]): string[] {
  const [command, ...rest] = argv
  if (command === 'help') return [...rest.slice(0, 1), '--help']
  if (command !== 'get') return argv
  const valueFlags = new Set(GET_FLAGS.filter((flag) => flag.value).map((flag) => `--${flag.name}`))
  return [command, ...spreadGlobs(rest, valueFlags, rest.includes('--dry-run') ? 1 : 2)]
}

/** Commander suggests what differs by some letters; this, what was only begun: `--endpoint`. */
function fullNameHint(message: string, command: string | undefined, program: Command): string {
  const [, typed] = /unknown option '(--[a-z-]+)'$/.exec(message) ?? []
  const options = program.commands.find((each) => each.name() === command)?.options ?? []
  const full = options.find(({ long }) => typed && long?.startsWith(typed))?.long
  return full ? `\n(Did you mean ${full}?)` : ''
}

/** By flag, environment or settings, even where the flags cannot be parsed. */
function isJsonWanted(argv: string[], io: Io): boolean {
  const typed: TypedFlags = new Map(argv.includes('--json') ? [['json', true]] : [])
  try {
    const { flags } = readSettings(settingsFileOf(io), { say() {} })
    return collectFlags([JSON_FLAG], typed, io.environment, flags).has('json')
  } catch {
    return false
  }
}

function reportThrown(error: unknown, isJson: boolean, output: Output): number {
  const isUsage = error instanceof UsageError || error instanceof CommanderError
  const text = error instanceof Error ? error.message : String(error)
  const [first = '', ...more] = text.replace(/^error: /, '').split('\n')
  const sentence = printable([first, ...more.filter((line) => line.startsWith('(Did you mean'))].join(' '))
  output.say(isUsage ? `longhaul: ${sentence}` : `longhaul: internal error: ${sentence}`)
  if (isJson) {
    const code = isUsage ? 'usage' : 'internal'
    output.json(earlyFailureLine({ class: 'usage', code, detail: sentence.slice(0, 300) }, sentence))
  }
  return isUsage ? EXIT.usage : EXIT.objectsFailed
}

const processIo = (): Io => ({
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  get workingFolder() {
    return findWorkingFolder()
  },
})

/** The folder may have been removed, or replaced, since the shell changed into it. */
function findWorkingFolder(): string {
  try {
    return process.cwd()
  } catch {
    throw new UsageError('the working folder is gone: change into another one, or into the new one of its name')
  }
}
