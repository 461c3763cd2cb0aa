import { describe, expect, it } from 'vitest'
import { replaceBetweenMarks, table } from './report-text.ts'

describe('table', () => {
  it('is Markdown with columns of one width, numbers to the right', () => {
    expect(
      table(
        ['client', 's'],
        [
          ['cp', '1.25'],
          ['longhaul', '10'],
        ],
      ),
    ).toBe(['| client   |    s |', '| -------- | ---: |', '| cp       | 1.25 |', '| longhaul |   10 |'].join('\n'))
  })
})

describe('replaceBetweenMarks', () => {
  const once = replaceBetweenMarks('# Title\n\nwords\n', 'figures', 'one')

  it('appends marks to a page that has none', () => {
    expect(once).toMatch(/^# Title\n\nwords\n\n<!-- figures: begin[^\n]*\n\none\n\n<!-- figures: end -->\n$/)
  })
  it('replaces what stands between them and nothing else', () => {
    const page = `${once}\nafterwards\n`
    expect(replaceBetweenMarks(page, 'figures', 'two')).toBe(page.replace('\none\n', '\ntwo\n'))
  })
  it('is the same when written twice', () => {
    expect(replaceBetweenMarks(once, 'figures', 'one')).toBe(once)
  })
})
