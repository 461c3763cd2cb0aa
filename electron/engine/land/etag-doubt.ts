/**
 * Whether a file that its ETag calls wrong is wrong: an ETag that looks like an MD5 and is none calls good bytes bad.
 * Two things show it. Files that have landed came whole, and belong to ETags of the same kind (verify/etag-witnesses.ts):
 * enough where nobody has asked for proof. Where it was asked for, objects that come twice with the same bytes, and none
 * that matches: bytes that were damaged on their way do not come twice alike, and not of every object.
 */
import type { Failure, Outcome } from '../../../shared/failure.ts'
import type { VerifyMode } from '../../../shared/job-spec.ts'
import type { Journal } from '../disk/journal/journal.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import type { FileToCheck } from '../verify/check-object.ts'
import type { Check } from '../verify/choose-check.ts'
import { areEtagsSums, type Witness } from '../verify/etag-witnesses.ts'
import type { Verified } from '../verify/verify-object.ts'

export type EtagDoubtOptions = {
  table: ObjectTable
  journal: Pick<Journal, 'replay'>
  verify: VerifyMode
  /** Absolute path of the object's file. */
  finalPathOf(index: number): string
  askForCheck(object: { key: string; size: number; etag: string }): Promise<Outcome<Check>>
  checkObject(object: FileToCheck): Promise<Outcome<unknown>>
  /** ETags are not believed any more: so many objects came twice with the same bytes. Once for each kind of ETag. */
  onNoSums(objects: number): void
}

/** So many landed files are tried as evidence of what ETags are: each costs a HEAD, and of a few the file is read. */
const MOST_WITNESSES = 4
/** Objects that come twice alike, and of which none matches. Of one or two the stored bytes may be damaged. */
const ENOUGH_ALIKE = 3

export type EtagDoubt = ReturnType<typeof createEtagDoubt>

/** ETags of one kind: those of uploads in one piece, or in parts. */
type Evidence = {
  /** What landed files say; undefined until one was doubted and they could decide. */
  landed?: boolean
  /** One was the MD5 of what came. */
  hasMatched: boolean
  /** Of each object that came and did not match: what was expected and found. */
  found: Map<number, string>
  /** Objects that came twice with the same bytes. */
  alike: Set<number>
  areNone: boolean
}

const isOfEtag = ({ class: failureClass, code }: Failure): boolean => failureClass === 'corrupt' && code === 'MD5'
const isInParts = (etag: string): boolean => etag.includes('-')

export function createEtagDoubt(options: EtagDoubtOptions) {
  const { table, journal, finalPathOf } = options
  const start = (): Evidence => ({ hasMatched: false, found: new Map(), alike: new Set(), areNone: false })
  const [whole, inParts] = [start(), start()]
  const evidenceOf = (etag: string) => (isInParts(etag) ? inParts : whole)

  return {
    /** Asked of what a check has failed with that nobody has asked for, or of a file that has landed. */
    async isProvenWrong(failure: Failure, etag: string): Promise<boolean> {
      if (!isOfEtag(failure)) return failure.class === 'corrupt'
      const evidence = evidenceOf(etag)
      const say = evidence.landed ?? (await areEtagsSums(witnessesOf(etag), options))
      if (say !== undefined) evidence.landed = say
      return say !== false
    },

    /** The object has come, and was to be proven right: whether that it does not match counts. */
    async isFetchedWrong(index: number, failure: Failure, etag: string): Promise<boolean> {
      const evidence = evidenceOf(etag)
      if (!isOfEtag(failure) || evidence.hasMatched) return true
      if (evidence.areNone) return false
      const { detail = '' } = failure
      if (evidence.found.get(index) === detail) evidence.alike.add(index)
      evidence.found.set(index, detail)
      if (evidence.alike.size < ENOUGH_ALIKE) return true
      if ((await areEtagsSums(witnessesOf(etag), options)) === true) evidence.hasMatched = true
      else if (!evidence.areNone && !evidence.hasMatched) {
        evidence.areNone = true
        options.onNoSums(evidence.alike.size)
      }
      return !evidence.areNone || evidence.hasMatched
    },

    noteProven(proof: Verified, etag: string): void {
      if (proof.strength === 'checksum' && proof.algorithm === 'MD5') evidenceOf(etag).hasMatched = true
    },

    /** It has failed before that was known. */
    isExcused(failure: Failure, etag: string): boolean {
      const { areNone, hasMatched } = evidenceOf(etag)
      return isOfEtag(failure) && areNone && !hasMatched
    },
  }

  /** The smallest files that have landed, of ETags as this one: with or without the number of parts behind it. */
  function witnessesOf(etag: string): Witness[] {
    const landed = [...table.indexesIn('done'), ...table.indexesIn('skipped'), ...unread()]
    return landed
      .filter((index) => table.size(index) > 0 && isInParts(table.etag(index)) === isInParts(etag))
      .filter((index) => table.etag(index) !== etag)
      .sort((a, b) => table.size(a) - table.size(b))
      .slice(0, MOST_WITNESSES)
      .map((index) => ({
        key: table.key(index),
        size: table.size(index),
        etag: table.etag(index),
        path: finalPathOf(index),
      }))
  }

  /** Landed by an earlier run, and yet to be read again. */
  function unread(): number[] {
    if (options.verify !== 'reread') return []
    const undecided = [...table.indexesIn('verifying'), ...table.indexesIn('waiting')]
    return undecided.filter((index) =>
      journal.replay.isLanded({ key: table.key(index), etag: table.etag(index), size: table.size(index) }),
    )
  }
}
