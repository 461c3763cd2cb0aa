/**
 * What to make of an answer that names another ETag than the pinned one, or of a refused
 * If-Match: the object has become another one, or a copy of it has answered. Behind one address
 * there may be copies of a bucket that have the same bytes and ETags of their own. Pure.
 *
 * Before bytes are thrown away the object is requested again as it was pinned. What has been written is of the pinned
 * one in any case, for nothing else is ever written.
 */

/**
 * When it has not been granted so many times in a row, a HEAD shows what it is, each time that many more have come, ...
 */
const OTHERS_IN_DOUBT = 8
/** ... but not for ever: then it fails, if S3 still names the one it never gives. */
const MOST_OTHERS = 24
/** Where nothing has ever been given as it was pinned, what it was pinned by is doubted soon. */
const MOST_OTHERS_AT_FIRST = 4
const OTHER_COPY_MS = { first: 25, most: 1000 }

export type OtherVersion = {
  /**
   * `other`: it is another object now. `ask-s3`: whether it is one. `ask-last`: the same, and if it is none it cannot
   * be had.
   * `again`: it is requested as it was pinned.
   */
  verdict: 'other' | 'ask-s3' | 'ask-last' | 'again'
  /**
   * A weak ETag matches no If-Match (RFC 9110, 13.1.1), and a service may not know the header at all (501): if the
   * object is still the pinned one, the condition was to blame.
   */
  mayBeCondition: boolean
  /** Of this object alone: others are granted. */
  mayBeItsCondition: boolean
  /** Milliseconds before it is requested again. */
  delayMs: number
}

export function judgeOtherVersion(answer: {
  httpStatus: number | undefined
  /** Answers by another version without a byte of the pinned one between them, this one included. */
  inARow: number
  /** Requests that named a pinned ETag have been granted. */
  areEtagsGranted: boolean
}): OtherVersion {
  const { httpStatus, inARow, areEtagsGranted } = answer
  const isRefused = httpStatus === 412 || httpStatus === 501
  const mayBeCondition = isRefused && !areEtagsGranted
  const isLook = mayBeCondition || inARow % OTHERS_IN_DOUBT === 0
  const isOver = inARow >= (areEtagsGranted ? MOST_OTHERS : MOST_OTHERS_AT_FIRST)
  const last = areEtagsGranted ? 'ask-last' : 'other'
  return {
    verdict: isOver ? last : isLook ? 'ask-s3' : 'again',
    mayBeCondition,
    mayBeItsCondition: isRefused && isLook,
    delayMs: mayBeCondition ? 0 : Math.min(OTHER_COPY_MS.most, OTHER_COPY_MS.first * 2 ** (inARow - 1)),
  }
}
