import { describe, expect, test } from 'vitest'
import { jobSpecSchema } from '../../../shared/job-spec.ts'
import { DEFAULT_SETTINGS } from '../../../shared/settings.ts'
import { draftToSpec } from './draft-to-spec.ts'
import { emptyDraft, exampleDraft, type FormDraft } from './form-draft.ts'
import { specToDraft } from './spec-to-draft.ts'

const empty = emptyDraft('/data')
const example = exampleDraft('/data')

describe('the spec', () => {
  const full: FormDraft = {
    ...example,
    endpointUrl: ' https://minio.lab:9000 ',
    accessKind: 'vault',
    vaultId: 'k1',
    requesterPays: true,
    profile: 'left over',
    threads: 20,
    rateLimit: '20MiB',
    timeWindow: '22:00-07:00',
    partSize: '16MiB',
    verify: 'reread',
  }
  test('carries all that was filled in', () => {
    expect(draftToSpec(full, DEFAULT_SETTINGS)).toMatchObject({
      source: {
        endpointUrl: 'https://minio.lab:9000',
        region: 'us-west-2',
        access: { kind: 'vault', id: 'k1' },
        requestPayer: 'requester',
      },
      destination: '/data',
      threads: 20,
      limitBytesPerSecond: 20 * 1024 ** 2,
      timeWindow: { fromMinutes: 1320, toMinutes: 420 },
      partSize: 16 * 1024 ** 2,
      verify: 'reread',
    })
  })
  test.each([
    ['the example', example],
    ['everything', full],
    ['automatic threads', { ...example, threadsAuto: true }],
  ])('of %s passes the contract unchanged', (_, draft) => {
    const spec = draftToSpec(draft, DEFAULT_SETTINGS)
    expect(jobSpecSchema.parse(spec)).toEqual(spec)
  })
  test.each<[FormDraft['accessKind'], string | undefined]>([
    ['default', 'requester'],
    ['anonymous', undefined],
  ])('who pays, with %s access: %s', (accessKind, expected) => {
    const { source } = draftToSpec({ ...example, accessKind, requesterPays: true }, DEFAULT_SETTINGS)
    expect(source.requestPayer).toBe(expected)
  })
})

describe('the settings of a job come back into the form as they were', () => {
  const full: FormDraft = {
    address: 's3://bucket/a/b/',
    bucket: 'bucket',
    prefix: 'a/b/',
    endpointUrl: 'http://127.0.0.1:9000',
    region: 'eu-west-1',
    addressing: 'path',
    accessKind: 'profile',
    profile: 'work',
    vaultId: '',
    folder: '/data/era5',
    threadsAuto: false,
    requesterPays: true,
    threads: 3,
    include: ['*.nc'],
    exclude: ['*_u*', '*.xml'],
    verify: 'checksum',
    rateLimit: '20MiB',
    timeWindow: '22:00-07:05',
    partSize: '5MB',
  }
  test.each<[string, FormDraft]>([
    ['a fresh form', { ...empty, address: 's3://bucket/', bucket: 'bucket' }],
    ['the example', example],
    ['every field', full],
    [
      'saved keys, automatic threads',
      { ...full, accessKind: 'vault', profile: '', vaultId: 'k1', threadsAuto: true, threads: 16 },
    ],
  ])('%s', (_, draft) => {
    expect(specToDraft(draftToSpec(draft, DEFAULT_SETTINGS))).toEqual(draft)
  })
})
