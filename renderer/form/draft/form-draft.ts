/**
 * What the form holds: exactly what was typed, valid or not, and no secret. Pure values; `validate-draft.ts` checks
 * them and `draft-to-spec.ts` turns them into the engine's input.
 */
import { z } from 'zod'
import { DEFAULT_THREADS, VERIFY_MODES } from '../../../shared/job-spec.ts'
import { parseS3Address } from '../../../shared/s3-address.ts'
import { writeS3Address } from './draft-fields.ts'

const ACCESS_KINDS = ['anonymous', 'default', 'profile', 'vault'] as const
export type AccessKind = (typeof ACCESS_KINDS)[number]

export const draftSchema = z.object({
  /** Free text; kept as typed even when it is no address. */
  address: z.string(),
  bucket: z.string(),
  prefix: z.string(),
  endpointUrl: z.string(),
  region: z.string(),
  addressing: z.enum(['auto', 'path', 'virtual']),
  accessKind: z.enum(ACCESS_KINDS),
  /** Remembered even while another kind of access is chosen. */
  profile: z.string(),
  vaultId: z.string(),
  /** Only sent with signed requests. */
  requesterPays: z.boolean().default(false),
  folder: z.string(),
  threadsAuto: z.boolean(),
  threads: z.number(),
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  verify: z.enum(VERIFY_MODES),
  /** `20MiB`; empty = no limit. */
  rateLimit: z.string(),
  /** `22:00-07:00`; empty = all day. */
  timeWindow: z.string(),
  /** `16MiB`; empty = automatic. */
  partSize: z.string(),
})
export type FormDraft = z.infer<typeof draftSchema>

export const emptyDraft = (folder: string): FormDraft => ({
  address: '',
  bucket: '',
  prefix: '',
  endpointUrl: '',
  region: '',
  addressing: 'auto',
  accessKind: 'default',
  profile: '',
  vaultId: '',
  requesterPays: false,
  folder,
  threadsAuto: false,
  threads: DEFAULT_THREADS,
  include: [],
  exclude: [],
  verify: 'etag',
  rateLimit: '',
  timeWindow: '',
  partSize: '',
})

const EXAMPLE_PLACE = { bucket: 'nsf-ncar-era5', prefix: 'e5.oper.an.pl/202510/' }
const EXAMPLE_INCLUDE = '*.128_130_t.*.2025100[1-3]*'

/** NCAR's public copy of ERA5 (AWS Open Data, us-west-2): temperature on three days, one file a day. */
export const exampleDraft = (folder: string): FormDraft => ({
  ...emptyDraft(folder),
  ...EXAMPLE_PLACE,
  address: writeS3Address(EXAMPLE_PLACE.bucket, EXAMPLE_PLACE.prefix),
  region: 'us-west-2',
  accessKind: 'anonymous',
  include: [EXAMPLE_INCLUDE],
})

export const isExample = ({ bucket, prefix, endpointUrl }: FormDraft): boolean =>
  bucket === EXAMPLE_PLACE.bucket && prefix === EXAMPLE_PLACE.prefix && endpointUrl === ''

/** The example's filter would match nothing elsewhere, and nobody typed it: it is dropped with the example. */
function withoutExampleFilter(before: FormDraft, after: FormDraft): FormDraft {
  const leftExample = isExample(before) && !isExample(after)
  return leftExample && String(before.include) === EXAMPLE_INCLUDE ? { ...after, include: [] } : after
}

/**
 * Text typed or pasted into the address. What it names is filled in; what it does not name (access, region) stays,
 * except that another bucket, or the same name at another service, clears the region.
 */
export function withAddress(draft: FormDraft, text: string): FormDraft {
  const found = parseS3Address(text)
  if (!found) return { ...draft, address: text }
  const isWebAddress = !/^s3a?:/i.test(text.trim())
  const endpointUrl = found.endpointUrl ?? (isWebAddress ? '' : draft.endpointUrl)
  const isElsewhere = found.bucket !== draft.bucket || endpointUrl !== draft.endpointUrl
  return withoutExampleFilter(draft, {
    ...draft,
    address: text,
    bucket: found.bucket,
    prefix: found.prefix,
    endpointUrl,
    region: found.region ?? (isElsewhere ? '' : draft.region),
    addressing: found.addressing ?? (isWebAddress ? 'auto' : draft.addressing),
  })
}

/** Any other field edited by hand. */
export const withChange = (draft: FormDraft, change: Partial<FormDraft>): FormDraft =>
  withoutExampleFilter(draft, { ...draft, ...change })

/** Bucket or prefix edited by hand or picked in the browser: the address follows. */
export function withSource(draft: FormDraft, source: { bucket?: string; prefix?: string }): FormDraft {
  // An address pasted into one of the two fields fills all of them.
  const pasted = source.bucket ?? source.prefix ?? ''
  if (/:\/\/|：\/\/|^\s*arn:/.test(pasted) && parseS3Address(pasted)) return withAddress(draft, pasted.trim())
  const bucket = (source.bucket ?? draft.bucket).trim()
  const prefix = source.prefix ?? draft.prefix
  const address = bucket ? writeS3Address(bucket, prefix) : ''
  return withoutExampleFilter(draft, { ...draft, bucket, prefix, address })
}

/** `bucket/prefix/` typed into the bucket's field, as data sets are often cited, fills both fields when it is left. */
export function withBucketLeft(draft: FormDraft): FormDraft {
  const slash = draft.bucket.indexOf('/')
  const [bucket, prefix] = [draft.bucket.slice(0, slash), draft.bucket.slice(slash + 1)]
  if (slash < 1 || !parseS3Address(`s3://${bucket}/`)) return draft
  return withSource(draft, prefix === '' ? { bucket } : { bucket, prefix })
}

/** Advanced options that differ from a fresh form, or from the example's. */
export function countAdvanced(draft: FormDraft): number {
  const fresh = isExample(draft) ? exampleDraft('') : emptyDraft('')
  const names = ['endpointUrl', 'addressing', 'verify', 'rateLimit', 'timeWindow', 'partSize', 'region'] as const
  return names.filter((name) => draft[name] !== fresh[name]).length
}
