/** Keeps a RAM disk from filling: hours of downloading come to more than it holds, so finished files go at once. */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const EVERY_MS = 1000

/**
 * Files under way end in `.part`, with every client; what begins with a dot is a client's own. Returns how to end it.
 */
export function keepRoom(destination: string): () => void {
  const timer = setInterval(() => {
    for (const path of finishedFiles(destination)) rmSync(join(destination, path), { force: true })
  }, EVERY_MS)
  return () => clearInterval(timer)
}

function finishedFiles(destination: string): string[] {
  try {
    return readdirSync(destination, { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.nc') && !path.startsWith('.'),
    )
  } catch {
    // Not made yet, or a folder went while it was read.
    return []
  }
}
