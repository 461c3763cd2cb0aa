/** `npm run -s longhaul -- ARGS`: the built command line. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt, root } from './ensure-built.ts'

if (await ensureBuilt()) {
  process.argv.splice(1, 1, join(root, 'out', 'main', 'cli.cjs'))
  await import(pathToFileURL(process.argv[1] as string).href)
} else {
  console.error('the build failed: see above')
  process.exitCode = 1
}
