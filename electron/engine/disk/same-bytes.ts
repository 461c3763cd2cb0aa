/** `Buffer.compare` for a few bytes: a call into Node costs more than the loop. */
export function isSame(one: Buffer, oneStart: number, other: Buffer, otherStart: number, length: number): boolean {
  for (let index = 0; index < length; index++) {
    if (one[oneStart + index] !== other[otherStart + index]) return false
  }
  return true
}
