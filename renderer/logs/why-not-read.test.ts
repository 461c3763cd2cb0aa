import { expect, test } from 'vitest'
import type { Failure } from '../../shared/failure.ts'
import { whyNotRead } from './why-not-read.ts'

test.each<[string, Failure, ReturnType<typeof whyNotRead>]>([
  ['a job without errors has no log', { class: 'disk', code: 'ENOENT' }, 'logs.missing'],
  ['a folder', { class: 'usage', code: 'not-a-file' }, 'logs.notAFile'],
  [
    "another user's file is no folder that cannot be written",
    { class: 'disk-denied', code: 'EACCES' },
    'logs.unreadable',
  ],
  ['the way to the program is broken', { class: 'connect' }, undefined],
])('%s', (_, failure, expected) => expect(whyNotRead(failure)).toBe(expected))
