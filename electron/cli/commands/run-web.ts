/** `longhaul web`: the window in a browser, until Ctrl-C. */
import { join } from 'node:path'
import packageJson from '../../../package.json' with { type: 'json' }
import { type Failure, failed, type Outcome } from '../../../shared/failure.ts'
import type { Api } from '../../api/create-api.ts'
import { openProblemLog } from '../../api/host/problem-log.ts'
import { defaultFolderOf } from '../../api/host/state-folder.ts'
import { systemClock } from '../../api/host/system-clock.ts'
import { createSessionVault } from '../../api/host/vault.ts'
import { openBrowser } from '../../web/open-browser.ts'
import { type ServedApi, startWebHost, type WebHost, type WebHostOptions } from '../../web/web-host.ts'
import { parsePort } from '../arguments/parse-flags.ts'
import { localeLanguageOf } from '../output/sentences.ts'
import { EXIT } from '../process/exit-code.ts'
import { programFilesOf } from '../process/program-files.ts'
import { onStopSignal } from '../process/stop-signals.ts'
import { onBug } from '../process/uncaught-bugs.ts'
import { type CommandContext, reportFailure } from './command-context.ts'

/** Unassigned by IANA, and fixed so that a tunnel is easy to set up; when it is taken any free port is used. */
const USUAL_PORT = 7433

export async function runWeb(context: CommandContext): Promise<number> {
  const { flags, output, stateFolder } = context
  const wanted = flags.get('port')
  const port = wanted ? parsePort(wanted.values[0] ?? '', wanted.origin) : undefined
  const stop = Promise.withResolvers<void>()
  const stopListening = onStopSignal(stop.resolve)
  const logProblem = openProblemLog(join(stateFolder, 'longhaul.log'), systemClock)
  const opening = Promise.withResolvers<ServedApi>()
  const { rendererFolder } = programFilesOf()
  const host = flags.get('host')?.values[0] ?? '127.0.0.1'
  const served = await listen({ api: opening.promise, rendererFolder, host, logProblem }, port)
  if (!served.ok) {
    stopListening()
    return reportFailure(explain(served.failure), context)
  }
  await output.line(`Longhaul is at ${served.value.url}`)
  if (!isOfThisMachine(host))
    output.say('Other machines reach it too: whoever has the token in this address may use it.')
  if (!flags.has('no-open') && !openBrowser(served.value.url))
    output.say('Open this address in a browser. Ctrl-C ends the program.')
  // Loaded only now, while the browser opens.
  const api = await openApi(context, logProblem)
  opening.resolve(api)
  const stopHearing = onBug(
    (message) =>
      output.say(
        `longhaul: internal error: ${message}. Downloads go on; details are in ${join(stateFolder, 'longhaul.log')}`,
      ),
    logProblem,
  )
  await stop.promise
  await served.value.close()
  await api.close()
  stopHearing()
  stopListening()
  return EXIT.complete
}

/** Loads most of the program. */
async function openApi(
  { stateFolder, io }: CommandContext,
  logProblem: (where: string, error: unknown) => void,
): Promise<ServedApi & Pick<Api, 'close'>> {
  const [{ createApi }, { createDispatch }] = await Promise.all([
    import('../../api/create-api.ts'),
    import('../../api/dispatch.ts'),
  ])
  const api = await createApi({
    host: 'web',
    vault: createSessionVault(),
    workers: programFilesOf().workers,
    stateFolder,
    defaultFolder: defaultFolderOf(),
    systemLanguage: localeLanguageOf(io.environment),
    version: packageJson.version,
    clock: systemClock,
    environment: io.environment,
    logProblem,
  })
  return { ...api, dispatch: createDispatch(api.handlers, logProblem) }
}

async function listen(options: Omit<WebHostOptions, 'port'>, port: number | undefined): Promise<Outcome<WebHost>> {
  const served = await startWebHost({ ...options, port: port ?? USUAL_PORT })
  const isTaken = !served.ok && served.failure.code === 'EADDRINUSE'
  return isTaken && port === undefined ? startWebHost({ ...options, port: 0 }) : served
}

const isOfThisMachine = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')

/** The two likely mistakes, named by the flag that corrects them. */
function explain(failure: Failure): Failure {
  if (failure.code === 'not-built')
    return failed({ ...failure, detail: 'the window is not built: npm run build' }).failure
  return { ...failure, detail: 'choose another --port or --host' }
}
