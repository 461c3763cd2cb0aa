/**
 * A bug of the main thread: preloaded (`node --import`), it throws
 * where nobody catches, once for each file that appears at `BUG_FILE`. A file that is not empty: a promise that nobody
 * handles is rejected instead.
 */
import { existsSync, readFileSync, unlinkSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const file = process.env.BUG_FILE ?? ''
setInterval(() => {
  if (!isMainThread || !existsSync(file)) return
  const isRejection = readFileSync(file, 'utf8') !== ''
  unlinkSync(file)
  const bug = new Error('a planted bug\nwith a second line')
  if (!isRejection) throw bug
  void Promise.reject(bug)
}, 20).unref()
