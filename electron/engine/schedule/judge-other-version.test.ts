import { expect, it } from 'vitest'
import { judgeOtherVersion, type OtherVersion } from './judge-other-version.ts'

const ROWS: [string, Parameters<typeof judgeOtherVersion>[0], OtherVersion['verdict'], { delayMs: number }][] = [
  ['one other among many granted: a copy has answered', { ...others(1), areEtagsGranted: true }, 'again', wait(25)],
  ['a second one: a little later', { ...others(2), areEtagsGranted: true }, 'again', wait(50)],
  ['never more than a second later', { ...others(7), areEtagsGranted: true }, 'again', wait(1000)],
  ['eight in a row: S3 is asked what the object is', { ...others(8), areEtagsGranted: true }, 'ask-s3', wait(1000)],
  ['sixteen: once more', { ...others(16), areEtagsGranted: true }, 'ask-s3', wait(1000)],
  ['24: it is never given as it was pinned', { ...others(24), areEtagsGranted: true }, 'ask-last', wait(1000)],
  ['four where nothing was ever granted: neither', { ...others(4), areEtagsGranted: false }, 'other', wait(200)],
  [
    'the first If-Match of all is refused: perhaps the server takes none, S3 is asked',
    { ...others(1), httpStatus: 412, areEtagsGranted: false },
    'ask-s3',
    wait(0),
  ],
  [
    'the service does not know the header at all: neither',
    { ...others(1), httpStatus: 501, areEtagsGranted: false },
    'ask-s3',
    wait(0),
  ],
  [
    'a refused one where others were granted',
    { ...others(1), httpStatus: 412, areEtagsGranted: true },
    'again',
    wait(25),
  ],
]

it.each(ROWS)('%s', (_name, answer, verdict, { delayMs }) => {
  expect(judgeOtherVersion(answer)).toMatchObject({ verdict, delayMs })
})

it('only where none was ever granted may the condition be to blame', () => {
  const refused = { ...others(1), httpStatus: 412 }
  expect(judgeOtherVersion({ ...refused, areEtagsGranted: false }).mayBeCondition).toBe(true)
  expect(judgeOtherVersion({ ...refused, areEtagsGranted: true }).mayBeCondition).toBe(false)
  expect(judgeOtherVersion({ ...others(1), areEtagsGranted: false }).mayBeCondition).toBe(false)
})

function others(inARow: number) {
  return { inARow, httpStatus: 200 }
}

function wait(delayMs: number) {
  return { delayMs }
}
