/** Sums bytes that come in order, cut where the parts of the upload end. */
import type { RangeSum, SumOrder } from './range-sums.ts'
import type { StartChecksum } from './running-checksum.ts'

export type RunningRangeSums = {
  /** The bytes that follow those given before. */
  update(bytes: Uint8Array): void
  /** Of all bytes given so far, without a gap. */
  finish(): RangeSum[]
}

export function startRangeSums(
  { algorithm, cutEvery }: SumOrder,
  from: number,
  start: StartChecksum,
): RunningRangeSums {
  const checksum = start(algorithm)
  const sums: RangeSum[] = []
  let begun = from
  let at = from
  const cut = () => {
    sums.push({ start: begun, end: at, digest: checksum.finish() })
    begun = at
  }
  return {
    update(bytes) {
      for (let done = 0; done < bytes.length; ) {
        const left = bytes.length - done
        const length = cutEvery > 0 ? Math.min(left, cutEvery - (at % cutEvery)) : left
        checksum.update(bytes.subarray(done, done + length))
        done += length
        at += length
        if (cutEvery > 0 && at % cutEvery === 0) cut()
      }
    },
    finish() {
      if (at > begun) cut()
      return sums
    },
  }
}
