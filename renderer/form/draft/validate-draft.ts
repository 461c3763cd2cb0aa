/** What is wrong in the form, by field. The values are keys of `form.errors`. Pure. */
import { parseBytes, parseRate } from '../../../shared/format-units.ts'
import type { FolderView } from '../../../shared/ipc-contract.ts'
import { isGlob } from '../../../shared/is-glob.ts'
import {
  isRegion,
  MAX_PART_BYTES,
  MAX_THREADS,
  MIN_LIMIT_BYTES_PER_SECOND,
  MIN_PART_BYTES,
} from '../../../shared/job-spec.ts'
import { parseS3Address } from '../../../shared/s3-address.ts'
import { findOddName } from '../../../shared/windows-names.ts'
import { isAbsolutePath, isWindowsPath } from '../../fields/path-text.ts'
import type { formZh } from '../../i18n/form-zh.ts'
import { isWebUrl, parseTimeWindow, writeS3Address } from './draft-fields.ts'
import type { FormDraft } from './form-draft.ts'

export type DraftError = keyof (typeof formZh)['errors']
export type DraftErrors = Partial<Record<DraftField, DraftError>>

export const ADVANCED_FIELDS = ['endpointUrl', 'region', 'rateLimit', 'timeWindow', 'partSize'] as const
/** In the order of the form, so that the first error is the topmost. */
export const FIELD_ORDER = [
  ...(['address', 'bucket', 'profile', 'keys', 'folder'] as const),
  ...(['include', 'exclude', 'threads'] as const),
  ...ADVANCED_FIELDS,
] as const
export type DraftField = (typeof FIELD_ORDER)[number]
/** With an error in one of these the bucket cannot be listed, or the selection within it not be computed. */
const SOURCE_FIELDS = ['address', 'bucket', 'profile', 'keys', 'include', 'exclude', 'endpointUrl', 'region'] as const
export type SourceField = (typeof SOURCE_FIELDS)[number]

export function validateDraft(draft: FormDraft, folder: FolderView | undefined): DraftErrors {
  const checks: Record<DraftField, DraftError | undefined> = {
    // The fields below still hold the previous bucket: starting now would ignore what was pasted.
    address: isUnreadable(draft) ? 'addressUnreadable' : undefined,
    bucket: checkBucket(draft.bucket),
    profile: draft.accessKind === 'profile' && !draft.profile ? 'profileMissing' : undefined,
    keys: draft.accessKind === 'vault' && !draft.vaultId ? 'keysMissing' : undefined,
    folder: checkFolder(draft.folder, folder),
    include: checkGlobs(draft.include),
    exclude: checkGlobs(draft.exclude),
    threads: checkThreads(draft),
    endpointUrl: draft.endpointUrl.trim() && !isWebUrl(draft.endpointUrl) ? 'endpointInvalid' : undefined,
    region: draft.region.trim() && !isRegion(draft.region.trim()) ? 'regionInvalid' : undefined,
    rateLimit: checkRateLimit(draft.rateLimit),
    timeWindow: checkTimeWindow(draft.timeWindow),
    partSize: checkPartSize(draft.partSize),
  }
  return Object.fromEntries(Object.entries(checks).filter(([, error]) => error !== undefined))
}

/** The topmost field that keeps the bucket from being asked. */
export const wrongSourceField = (errors: DraftErrors): SourceField | undefined =>
  SOURCE_FIELDS.find((field) => errors[field])

export const canAskSource = (errors: DraftErrors): boolean => wrongSourceField(errors) === undefined

/** An address that only mirrors an invalid bucket is reported at the bucket. */
const isUnreadable = ({ address, bucket, prefix }: FormDraft): boolean =>
  address.trim() !== '' && !parseS3Address(address) && address !== writeS3Address(bucket, prefix)

function checkBucket(bucket: string): DraftError | undefined {
  if (!bucket) return 'bucketMissing'
  return parseS3Address(`s3://${bucket}/`)?.bucket === bucket ? undefined : 'bucketInvalid'
}

function checkFolder(path: string, view: FolderView | undefined): DraftError | undefined {
  if (!path.trim()) return 'folderMissing'
  if (!isAbsolutePath(path)) return 'folderRelative'
  if (isWindowsPath(path) && findOddName(path.trim())) return 'folderReserved'
  if (view?.isBelowFile) return 'folderIsFile'
  if (view?.isDriveMissing) return 'folderDriveMissing'
  return view && !view.writable ? 'folderReadOnly' : undefined
}

const checkGlobs = (globs: string[]): DraftError | undefined => (globs.every(isGlob) ? undefined : 'globInvalid')

export const checkThreads = ({ threads, threadsAuto }: Pick<FormDraft, 'threads' | 'threadsAuto'>) =>
  threadsAuto || (threads >= 1 && threads <= MAX_THREADS) ? undefined : 'threadsRange'

export function checkRateLimit(text: string): DraftError | undefined {
  if (!text.trim()) return undefined
  const bytesPerSecond = parseRate(text)
  if (!bytesPerSecond) return 'sizeInvalid'
  return bytesPerSecond < MIN_LIMIT_BYTES_PER_SECOND ? 'rateTooLow' : undefined
}

function checkTimeWindow(text: string): DraftError | undefined {
  if (!text.trim()) return undefined
  const window = parseTimeWindow(text)
  if (!window) return 'timeWindowInvalid'
  return window.fromMinutes === window.toMinutes ? 'timeWindowEmpty' : undefined
}

function checkPartSize(text: string): DraftError | undefined {
  if (!text.trim()) return undefined
  const bytes = parseBytes(text)
  if (!bytes) return 'sizeInvalid'
  return bytes < MIN_PART_BYTES || bytes > MAX_PART_BYTES ? 'partSizeRange' : undefined
}
