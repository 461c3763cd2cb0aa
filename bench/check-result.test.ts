import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkResult } from './check-result.ts'
import { makeObjects } from './make-objects.ts'
import { objectsOf } from './workloads.ts'

const objects = objectsOf({ name: 'few', groups: [{ count: 3, bytes: 70_000 }] })
const names = objects.map(({ key }) => key.slice('few/'.length))

describe('checkResult', () => {
  let folder = ''
  let out = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'longhaul-check-'))
    out = join(folder, 'out')
    makeObjects(folder, objects)
    cpSync(join(folder, 'few'), out, { recursive: true })
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const path = (index: number) => join(out, names[index] as string)

  it.each<[string, () => void, RegExp | undefined]>([
    ['a faithful copy is right', () => {}, undefined],
    ['other files beside it do not matter', () => mkdirSync(join(out, '.longhaul')), undefined],
    ['a missing file is named', () => unlinkSync(path(1)), /000001\.nc has no bytes/],
    ['a short file is named', () => truncateSync(path(2), 69_999), /000002\.nc has 69999 bytes of 70000/],
    ['one wrong byte is found', () => flipByte(path(0), 69_999), /000000\.nc has other bytes/],
    [
      'empty files of the right size are found',
      () => writeFileSync(path(2), Buffer.alloc(70_000)),
      /000002\.nc has other/,
    ],
    ['files that have changed places are found', () => cpSync(path(0), path(1)), /000001\.nc has other bytes/],
  ])('%s', (_, spoil, expected) => {
    spoil()
    const wrong = checkResult(folder, out, objects)
    if (expected) expect(wrong).toMatch(expected)
    else expect(wrong).toBeUndefined()
  })
})

function flipByte(path: string, position: number): void {
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.from([0x5a]), 0, 1, position)
  closeSync(file)
}
