/**
 * A key cut in two, for keys of one prefix differ at their end. Pure.
 *
 * The end is as long as what tells files of the ERA5 archive apart, parameter and date:
 * `128_130_t.ll025sc.2025100100_2025100123.nc`.
 */
const TAIL_CHARACTERS = 42

/** What belongs to the character before it: an accent, the second half of a pair. */
const BELONGS_BEFORE = /^[\p{M}\udc00-\udfff]/u

/** Hebrew and Arabic read the other way: two pieces beside each other would stand in the wrong order. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/

export function cutKey(key: string): { head: string; tail: string } {
  let cut = RIGHT_TO_LEFT.test(key) ? 0 : Math.max(0, key.length - TAIL_CHARACTERS)
  while (cut > 0 && BELONGS_BEFORE.test(key.charAt(cut))) cut--
  return { head: key.slice(0, cut), tail: key.slice(cut) }
}
