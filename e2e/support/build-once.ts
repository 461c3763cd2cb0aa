/** The specs drive the built program. */
import { ensureBuilt } from '../../scripts/ensure-built.ts'

export default async function buildOnce(): Promise<void> {
  if (!(await ensureBuilt())) throw new Error('the build failed')
}
