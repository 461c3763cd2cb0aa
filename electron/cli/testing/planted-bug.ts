/**
 * A bug of the main thread: preloaded (`node --import`), it throws
 * where nobody catches, once for each file that appears at `BUG_FILE`.
 */
import { existsSync, unlinkSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const file = process.env.BUG_FILE ?? ''
setInterval(() => {
  if (!isMainThread || !existsSync(file)) return
  unlinkSync(file)
  throw new Error('a planted bug\nwith a second line')
}, 20).unref()
