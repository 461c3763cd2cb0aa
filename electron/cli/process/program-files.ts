/** Where the program's own parts lie: beside the sources when run from them, beside the bundle when built. */
import { fileURLToPath } from 'node:url'

type ProgramFiles = { workers: { dataPlaneUrl: URL; verifyUrl: URL }; rendererFolder: string }

export function programFilesOf(moduleUrl: string = import.meta.url): ProgramFiles {
  // Not written as `new URL('literal', import.meta.url)`: a bundler would take that for an asset.
  const at = (path: string) => new URL(path, moduleUrl)
  if (moduleUrl.endsWith('.ts')) {
    return {
      workers: {
        dataPlaneUrl: at('../../engine/transport/data-plane-worker.ts'),
        verifyUrl: at('../../engine/verify/verify-worker.ts'),
      },
      rendererFolder: fileURLToPath(at('../../../out/renderer')),
    }
  }
  // The bundler may have moved this module into a chunk.
  const main = moduleUrl.includes('/chunks/') ? '../' : './'
  return {
    workers: { dataPlaneUrl: at(`${main}data-plane-worker.cjs`), verifyUrl: at(`${main}verify-worker.cjs`) },
    rendererFolder: fileURLToPath(at(`${main}../renderer`)),
  }
}
