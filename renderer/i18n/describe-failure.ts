/** One clear sentence and one piece of advice for a failure; the other side's words only as a quotation. */
import type { TFunction } from 'i18next'
import { type Failure, leadsNowhere, wantsBucketInHost } from '../../shared/failure.ts'
import { CONTRACT_BROKEN, PROGRAM_UNREACHABLE } from '../client/parsed-client.ts'

export type FailureText = {
  sentence: string
  advice: string
  /** Codes and the other side's words, for those who want to know exactly; empty when there are none. */
  evidence: string
}

/** Where the file system's code says more than "an error". */
const DISK_WORDS: Record<string, 'fileHeld' | 'fileTooLarge' | 'folderInTheWay' | 'pathTooLong' | 'writeProtected'> = {
  EBUSY: 'fileHeld',
  EISDIR: 'folderInTheWay',
  'write-protected': 'writeProtected',
  EFBIG: 'fileTooLarge',
  ENAMETOOLONG: 'pathTooLong',
}

/** `isAnonymous`: nothing was signed, so that there is no sense in advising it. */
export function describeFailure(t: TFunction, failure: Failure, isAnonymous = false): FailureText {
  const { subject = '', region = '' } = failure
  const evidence = [
    failure.code,
    failure.httpStatus === undefined ? undefined : t('failures.httpStatus', { status: failure.httpStatus }),
    failure.address,
    failure.detail ? t('failures.quotation', { detail: failure.detail }) : undefined,
  ]
    .filter(Boolean)
    .join(' · ')

  if (failure.code === PROGRAM_UNREACHABLE) {
    return {
      sentence: t('failures.special.programUnreachable'),
      advice: t('failures.special.programUnreachableAdvice'),
      evidence: '',
    }
  }
  if (failure.code === CONTRACT_BROKEN) {
    return {
      sentence: t('failures.special.contractBroken'),
      advice: t('failures.special.contractBrokenAdvice'),
      evidence,
    }
  }
  const ofDisk = failure.class === 'disk' ? DISK_WORDS[failure.code ?? ''] : undefined
  if (ofDisk) {
    return {
      sentence: t(`failures.special.${ofDisk}`),
      advice: t(`failures.special.${ofDisk}Advice`),
      evidence: [subject, evidence].filter(Boolean).join(' · '),
    }
  }
  // Typed in the way of another system: `D:\era5` on Linux.
  if (failure.class === 'usage' && failure.code === 'not-absolute') {
    return {
      sentence: t('failures.special.notAbsolute', { path: failure.detail ?? subject }),
      advice: t('failures.special.notAbsoluteAdvice'),
      evidence: '',
    }
  }
  if (wantsBucketInHost(failure.code)) {
    return {
      sentence: t('failures.special.bucketInHost'),
      advice: t('failures.special.bucketInHostAdvice'),
      evidence,
    }
  }
  if (failure.class === 'wrong-region' && region) {
    return {
      sentence: subject
        ? t('failures.special.regionKnown', { subject, region })
        : t('failures.special.regionKnownPlain', { region }),
      advice: t('failures.special.regionKnownAdvice', { region }),
      evidence,
    }
  }
  if (leadsNowhere(failure.code)) {
    return {
      sentence: t('failures.special.listingStuck'),
      advice: t('failures.special.listingStuckAdvice'),
      evidence,
    }
  }
  if (failure.class === 'protocol' && failure.httpStatus === 404 && subject) {
    return {
      sentence: t('failures.special.noService', { subject }),
      advice: t('failures.special.noServiceAdvice'),
      evidence,
    }
  }
  return {
    sentence: subject ? t(`failures.${failure.class}.named`, { subject }) : t(`failures.${failure.class}.plain`),
    advice:
      isAnonymous && failure.class === 'denied'
        ? t('failures.special.deniedToAllAdvice')
        : t(`failures.${failure.class}.advice`),
    evidence,
  }
}
