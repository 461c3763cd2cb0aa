import { describe, expect, it } from 'vitest'
import { type EngineEvent, EVENT_CODES, type EventCode, type Reason } from '../../../shared/engine-event.ts'
import { jobEn } from '../../i18n/job-en.ts'
import { jobZh } from '../../i18n/job-zh.ts'
import { joinEvents } from '../join-events.ts'
import { chooseRowState } from './choose-row-state.ts'
import { cutKey } from './cut-key.ts'
import { chooseDecisions, formatEntryCount, GROUP_OF } from './decision-groups.ts'
import { keepNear, pagesNear, pagesToAsk } from './keep-near.ts'

const event = (second: number, code: EventCode, reason: Reason = {}): EngineEvent => ({
  time: new Date(1_767_225_600_000 + second * 1000).toISOString(),
  code,
  reason,
})

describe('decision log', () => {
  const events = [
    event(1, 'pool-rebuilding', { cause: 'health', generation: 3 }),
    event(2, 'throttled', { prefix: 'e5.oper.an.pl/', status: 503 }),
    event(3, 'pool-rebuilt', { generation: 3, drainedLines: 16 }),
  ]
  const codes = (chosen: EngineEvent[]) => chosen.map(({ code }) => code)

  it('is read from the newest', () => {
    expect(codes(chooseDecisions(events, 'all', '', jobEn))).toEqual(['pool-rebuilt', 'throttled', 'pool-rebuilding'])
  })
  it('says where the earlier ones are, once the window does not hold all of them', () => {
    expect(formatEntryCount(1999, 1999, jobZh.decisions)).toBe('1,999 条，最新在上')
    expect(formatEntryCount(2000, 2000, jobZh.decisions)).toBe('2,000 条，最新在上；更早的见报告')
    expect(formatEntryCount(1, 2100, jobEn.decisions)).toBe('1 entry, newest first; the report has earlier ones')
  })
  it('filters by group', () => {
    expect(codes(chooseDecisions(events, 'pool', '', jobEn))).toEqual(['pool-rebuilt', 'pool-rebuilding'])
  })
  it.each([
    ['a word of the sentence', '健康检查', jobZh, ['pool-rebuilding']],
    ['a number behind it', 'lines 16', jobEn, ['pool-rebuilt']],
    ['the code itself', 'THROTTLED', jobZh, ['throttled']],
    ['nothing that is there', 'quarantine', jobEn, []],
  ])('finds %s', (_, search, words, expected) => {
    expect(codes(chooseDecisions(events, 'all', search, words))).toEqual(expected)
  })
  it('has a group for every code, and no group without one', () => {
    const used = new Set(EVENT_CODES.map((code) => GROUP_OF[code]))
    expect([...used].sort()).toEqual(Object.keys(jobZh.decisions.groups).sort())
  })
})

describe('events read and events pushed', () => {
  const read = [event(1, 'job-started'), event(5, 'throttled', { status: 503 })]
  it.each([
    ['nothing read yet', [], [event(7, 'paused')], [7]],
    ['nothing pushed yet', read, [], [1, 5]],
    ['pushed before the answer came is in the answer as well', read, [event(5, 'throttled', { status: 503 })], [1, 5]],
    ['another event of the same instant', read, [event(5, 'rate-changed')], [1, 5, 5]],
    ['news', read, [event(9, 'paused')], [1, 5, 9]],
    [
      'news of a clock that was set back',
      read,
      [event(5, 'throttled', { status: 503 }), event(0, 'paused')],
      [1, 5, 0],
    ],
    ['the first news of such a clock', read, [event(0, 'paused'), event(1, 'resumed')], [1, 5, 0, 1]],
  ])('%s', (_, earlier, pushed, seconds) => {
    const joined = joinEvents(earlier as EngineEvent[], pushed as EngineEvent[])
    expect(joined.map(({ time }) => (Date.parse(time) - 1_767_225_600_000) / 1000)).toEqual(seconds)
  })

  it('what had been pushed long before it was all read again is not told once more', () => {
    const long = event(1, 'resumed')
    expect(joinEvents([event(8, 'paused')], [long, event(9, 'resumed')], long)).toHaveLength(2)
  })
})

describe('the state of an object', () => {
  it.each([
    ['a connection works on it', 'active', 500, true, 'active'],
    ['a connection has just begun', 'active', 0, true, 'active'],
    ['its connection was cut and it has its next turn later', 'active', 500, false, 'partial'],
    ['nothing of it has come yet', 'active', 0, false, 'waiting'],
    ['all of it is here', 'verifying', 1000, false, 'verifying'],
    ['it was given up', 'failed', 500, false, 'failed'],
  ] as const)('%s', (_, state, bytesDone, hasConnection, shown) => {
    expect(chooseRowState({ state, bytesDone }, hasConnection)).toBe(shown)
  })
})

describe('pages of objects', () => {
  it('keeps those nearest to the newest and never more than the bound', () => {
    const pages = new Map(Array.from({ length: 40 }, (_, page) => [page, page]))
    const kept = [...keepNear(pages, 20, 12).keys()].sort((a, b) => a - b)
    expect(kept).toEqual([14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25])
  })
  it.each([
    ['at the top', 0, 30, 1000, [0]],
    ['near the end of a page also the next', 90, 120, 1000, [0, 1]],
    ['near its beginning also the one before', 210, 240, 1000, [0, 1]],
    ['none behind the last', 940, 1000, 1000, [4]],
    ['the first, of a list that is not known yet', 0, 0, 0, [0]],
    ['a list of a few', 0, 3, 3, [0]],
  ])('are asked for before they are in sight: %s', (_, start, end, total, pages) => {
    expect(pagesNear(start, end, total, 200)).toEqual(pages)
  })
  it.each([
    ['what is near', [3, 4], [], [], [3, 4]],
    ['not what is held or on its way', [3, 4, 5], [3], [4], [5]],
    ['no more than fit beside what a dragged scroll bar has passed', [90, 91], [], [40, 55], [90]],
    ['nothing while three answers are awaited', [90, 91], [], [40, 55, 70], []],
  ])('are asked for a few at a time: %s', (_, near, held, underWay, pages) => {
    expect(pagesToAsk(near, new Map(held.map((page) => [page, []])), new Set(underWay))).toEqual(pages)
  })
  it('drops nothing while there is room', () => {
    const pages = new Map([[3, 'a']])
    expect(keepNear(pages, 99, 12)).toBe(pages)
  })
})

describe('a key that is too long', () => {
  const tail = 'x'.repeat(40)
  it.each([
    ['is cut before what tells it from its neighbours', `2025/an_${'y'.repeat(42)}`, '2025/an_'],
    ['is whole while it is short', `a${tail}`, ''],
    ['is not cut within a character of two halves', `日𠮷${tail}z`, '日'],
    ['is not cut where it reads from the right', `بيانات/${'درجة'.repeat(20)}.nc`, ''],
    ['is not cut between a letter and its accent', `re\u0301${tail}z`, 'r'],
  ])('%s', (_, key, head) => {
    const cut = cutKey(key)
    expect(cut.head).toBe(head)
    expect(cut.head + cut.tail).toBe(key)
  })
})
