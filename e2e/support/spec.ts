/**
 * `spec(title, run)`: one spec in a workshop of its own, in every host; a failure leaves its evidence in e2e/artifacts.
 * A host that cannot run here is reported as skipped, with the reason in the title.
 */
import { afterAll, test } from 'vitest'
import { type HostName, listHosts } from './hosts.ts'
import { closeBrowser, openWorkshop, type Workshop } from './workshop.ts'

type SpecOptions = {
  /** Where it has a meaning; everywhere when absent. */
  only?: HostName
}

afterAll(closeBrowser)

export function spec(title: string, run: (workshop: Workshop) => Promise<void>, { only }: SpecOptions = {}): void {
  for (const { name, skipped } of listHosts()) {
    if (only && only !== name) continue
    const place = name === 'web' ? '' : ' [Electron]'
    const reason = skipped === undefined ? '' : ` [skipped: ${skipped}]`
    test.skipIf(skipped !== undefined)(`${title}${place}${reason}`, () => runIn(name, title, run))
  }
}

async function runIn(host: HostName, title: string, run: (workshop: Workshop) => Promise<void>): Promise<void> {
  const workshop = await openWorkshop(host)
  try {
    await run(workshop)
  } catch (error) {
    await workshop.keepEvidence(`${title} ${host}`)
    throw error
  } finally {
    await workshop.close()
  }
}
