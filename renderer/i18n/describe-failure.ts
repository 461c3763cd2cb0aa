/** One clear sentence and one piece of advice for a failure; the other side's words only as a quotation. */
import type { TFunction } from 'i18next'
import { type Failure, leadsNowhere, wantsBucketInHost } from '../../shared/failure.ts'
import type { JobView } from '../../shared/ipc-contract.ts'
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

/** Two values that the settings file may have been given by hand; the window itself takes none that cannot work. */
const POLICY_ORDER: Record<string, 'dnsOrder' | 'retryOrder'> = {
  dnsMinTtlSeconds: 'dnsOrder',
  retryBaseSeconds: 'retryOrder',
}

/** Of S3, and of the services that hand out its temporary keys. */
const EXPIRED: readonly string[] = ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired']

const NOWHERE = 'Could not load credentials from any providers'

/** What is told in words of its own, whatever its class. */
type Special =
  | (typeof DISK_WORDS)[string]
  | 'programUnreachable'
  | 'contractBroken'
  | 'notAbsolute'
  | 'accessWithdrawn'
  | 'noCredentials'
  | 'expiredCredentials'
  | 'keysGone'
  | 'bucketInHost'
  | 'regionKnown'
  | 'listingStuck'
  | 'noService'

/** `isAnonymous`: nothing was signed, so that there is no sense in advising it. */
export function describeFailure(t: TFunction, failure: Failure, isAnonymous = false): FailureText {
  const { subject = '', region = '' } = failure
  const special = specialOf(failure)
  const evidence = evidenceOf(t, failure, special)
  if (failure.code === 'policy' && POLICY_ORDER[subject]) {
    const advice = t(`settings.policyProblems.${POLICY_ORDER[subject]}`)
    return { sentence: t('failures.usage.named', { subject }), advice, evidence: '' }
  }
  if (special) {
    const values = { subject, region, path: failure.detail ?? subject }
    const sentence = special === 'regionKnown' && !subject ? 'regionKnownPlain' : special
    return {
      sentence: t(`failures.special.${sentence}`, values),
      advice: t(`failures.special.${special}Advice`, values),
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

/** The same for a job that has stopped: it has no fields to choose in, so the way to other credentials is named. */
export function describeJobFailure(
  t: TFunction,
  failure: Failure,
  { spec, bytesDone }: Pick<JobView, 'spec' | 'bytesDone'>,
): FailureText {
  const { kind } = spec.source.access
  const text = describeFailure(t, failure, kind === 'anonymous')
  if (failure.class !== 'credentials') return text
  if (kind === 'vault') return { ...text, advice: t('failures.special.newKeysAdvice') }
  return bytesDone > 0 ? { ...text, advice: t('failures.special.signInAdvice') } : text
}

function specialOf({
  class: failureClass,
  code = '',
  httpStatus,
  subject,
  region,
  detail = '',
}: Failure): Special | undefined {
  if (code === PROGRAM_UNREACHABLE) return 'programUnreachable'
  if (code === CONTRACT_BROKEN) return 'contractBroken'
  if (failureClass === 'disk' && DISK_WORDS[code]) return DISK_WORDS[code]
  // Typed in the way of another system: `D:\era5` on Linux.
  if (failureClass === 'usage' && code === 'not-absolute') return 'notAbsolute'
  // Of the AWS SDK, when it has looked everywhere.
  if (failureClass === 'credentials' && detail.startsWith(NOWHERE)) return 'noCredentials'
  if (code === 'vault-entry-missing') return 'keysGone'
  if (failureClass === 'credentials' && EXPIRED.includes(code)) return 'expiredCredentials'
  if (code === 'access-withdrawn') return 'accessWithdrawn'
  if (wantsBucketInHost(code)) return 'bucketInHost'
  if (failureClass === 'wrong-region' && region) return 'regionKnown'
  if (leadsNowhere(code)) return 'listingStuck'
  if (failureClass === 'protocol' && httpStatus === 404 && subject) return 'noService'
  return undefined
}

function evidenceOf(t: TFunction, failure: Failure, special: Special | undefined): string {
  // The sentence says it all.
  if (special === 'programUnreachable' || special === 'notAbsolute') return ''
  return [
    // These sentences do not name the file.
    failure.class === 'disk' && special ? failure.subject : undefined,
    failure.code,
    failure.httpStatus === undefined ? undefined : t('failures.httpStatus', { status: failure.httpStatus }),
    failure.address,
    failure.detail ? t('failures.quotation', { detail: failure.detail }) : undefined,
  ]
    .filter(Boolean)
    .join(' · ')
}
