import { expect, it } from 'vitest'
import { addAnswer, type ConnectionAnswers, judgeServer, NO_ANSWERS } from './judge-server.ts'

/** `+` granted, `-` refused, a blank nothing; one after the other. */
const connection = (answers: string): ConnectionAnswers =>
  [...answers].reduce(
    (known, answer, at) => (answer === ' ' ? known : addAnswer(known, at, answer === '+')),
    NO_ANSWERS,
  )
const times = (count: number, answers: string) => Array.from({ length: count }, () => connection(answers))

it.each<[sentence: string, one: string, others: ConnectionAnswers[], verdict: ReturnType<typeof judgeServer>]>([
  ['three refusals while ten others are granted what they ask', '---', times(10, '+++'), 'bad'],
  ['... also where each is granted just one long answer', '---', times(10, '  +'), 'bad'],
  ['two are not enough', '--', times(10, '++'), 'suspect'],
  ['of fewer others it takes more: two prove it with five', '-----', times(2, '+++++'), 'bad'],
  ['... not with four', '----', times(2, '++++'), 'suspect'],
  ['a server that turns bad later is found with five', '+++-----', times(10, '++++++++'), 'bad'],
  ['... not with four, for a budget may be met', '+++----', times(10, '+++++++'), 'good'],
  ['... and forgiven when it grants again', '-----+', times(10, '++++++'), 'good'],
  ['others at the same bad server do not hide it', '---', [...times(10, '+++'), ...times(5, '---')], 'bad'],
  ['where others are refused as well, nothing is suspect', '-', [...times(10, '+'), connection('+-')], 'good'],
  ['all are refused since then: that is the service', '+++-----', times(15, '+++-----'), 'good'],
  ['others were granted something before then only', '   -----', times(15, '+++     '), 'good'],
  ['a budget refuses all of them most of the time', '-----', times(15, '--+--'), 'good'],
  ['a budget grants one after the other, whoever has waited', '-----', times(15, '--+'), 'good'],
  ['... to one that is new as well', '    ---', times(10, '---- +'), 'good'],
  ['the only connection there is', '------------', [], 'good'],
])('%s', (_, one, others, verdict) => {
  expect(judgeServer(connection(one), others)).toBe(verdict)
})
