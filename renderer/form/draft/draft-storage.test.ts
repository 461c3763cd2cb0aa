import { describe, expect, test } from 'vitest'
import { readDraft, writeDraft } from './draft-storage.ts'
import { exampleDraft } from './form-draft.ts'

const example = exampleDraft('/data')

describe('keeping the draft', () => {
  const storage = () => {
    const kept = new Map<string, string>()
    return {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, text: string) => void kept.set(key, text),
    } as unknown as Storage
  }
  test('survives a reload', () => {
    const kept = storage()
    writeDraft(kept, example)
    expect(readDraft(kept)).toEqual(example)
    // A wrong number as well: what was typed stays.
    writeDraft(kept, { ...example, threads: 1001 })
    expect(readDraft(kept)?.threads).toBe(1001)
  })
  test.each(['', '{', 'null', '{"bucket":1}'])('what cannot be read is forgotten: %s', (text) => {
    const kept = storage()
    kept.setItem('longhaul-form', text)
    expect(readDraft(kept)).toBeUndefined()
  })
  test('holds no secret', () => {
    expect(Object.keys(example).filter((name) => /secret|token|accessKey/i.test(name))).toEqual([])
  })
})
