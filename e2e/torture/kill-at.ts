/**
 * Preloaded into the program (`node --import`): dies by SIGKILL at a chosen moment of its work on the disk, as if the
 * power of the process had been cut there. `KILL_AT` is a moment of `AIMS`, how many of them are let through before,
 * and whether it happens before or after the call, or in the midst of a write: `name-large:3:after`.
 */
import fs from 'node:fs'
import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

type When = 'before' | 'after' | 'amidst'
// biome-ignore lint/suspicious/noExplicitAny: functions of Node are put in place of others as they are.
type Call = (...args: any[]) => any

const [aim = '', count = '0', when = 'before'] = (process.env.KILL_AT ?? '').split(':') as [string?, string?, When?]
let left = Number(count)

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

/** `isMeant` tells by the arguments; `half` does the call in part. */
function killing(call: Call, isMeant: Call = () => true, half?: Call): Call {
  return function (this: unknown, ...args) {
    if (!isMeant(...args) || left-- !== 0) return call.apply(this, args)
    if (when === 'amidst' && half) return Promise.resolve(half.apply(this, args)).then(die)
    if (when !== 'after') die()
    const done: unknown = call.apply(this, args)
    return done instanceof Promise ? done.then(die) : die()
  }
}

const isPart = (from: string) => from.endsWith('.part')
const isOwn = (from: string) => !isPart(from)
const handle = await open(process.execPath)
const files = Object.getPrototypeOf(handle) as Record<'write' | 'datasync', Call>
await handle.close()
const { write } = files
const writeHalf: Call = function (this: unknown, bytes, offset, length, position) {
  return write.call(this, bytes, offset, Math.floor(length / 2), position)
}

/** What is called at that moment: where it hangs, which calls are meant, how half of one is done. */
const AIMS: Record<string, [owner: object, name: string, isMeant?: Call | undefined, half?: Call]> = {
  'name-large': [fs.promises, 'rename', isPart],
  'name-small': [fs, 'renameSync', isPart],
  // The compacted journal, the manifest in order.
  'name-own': [fs.promises, 'rename', isOwn],
  'flush-own': [files, 'datasync'],
  'flush-part': [fs, 'fdatasync'],
  'write-own': [files, 'write', undefined, writeHalf],
}
const aimed = AIMS[aim]
if (aimed) {
  const [owner, name, isMeant, half] = aimed
  const calls = owner as Record<string, Call>
  calls[name] = killing(calls[name] as Call, isMeant, half)
}
syncBuiltinESMExports()
