/** Exponentially decaying counts of the answers of each prefix; prefixes without requests are forgotten. */
import type { PrefixAnswers } from './shared-budget.ts'

/** Half-life in seconds. */
const FADE_SECONDS = 10
/** A remainder below this is dropped. */
const FADED = 0.05

export function createRecentAnswers(seconds: () => number) {
  const answered = new Map<string, PrefixAnswers & { at: number }>()

  function fade(known = { refused: 0, granted: 0, at: 0 }): PrefixAnswers {
    const left = 0.5 ** ((seconds() - known.at) / FADE_SECONDS)
    return { refused: known.refused * left, granted: known.granted * left }
  }

  return {
    note(prefix: string, what: keyof PrefixAnswers): void {
      const faded = fade(answered.get(prefix))
      answered.set(prefix, { ...faded, [what]: faded[what] + 1, at: seconds() })
    },
    /** Of each prefix that was answered lately. */
    all(): PrefixAnswers[] {
      return [...answered].flatMap(([prefix, known]) => {
        const faded = fade(known)
        if (faded.refused + faded.granted >= FADED) return [faded]
        answered.delete(prefix)
        return []
      })
    },
    clear: () => answered.clear(),
  }
}
