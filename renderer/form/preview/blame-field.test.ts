import { expect, test } from 'vitest'
import type { Failure } from '../../../shared/failure.ts'
import type { Preview } from '../../../shared/ipc-contract.ts'
import { emptyDraft, type FormDraft } from '../draft/form-draft.ts'
import { type BlamedField, blameField, lacksAccount } from './blame-field.ts'

const draft: FormDraft = { ...emptyDraft('/data'), bucket: 'era5', prefix: 'e5.oper.an.pl/' }
const ownServer = { endpointUrl: 'https://minio.lab:9000/' }

test.each<[string, Failure, Partial<FormDraft>, BlamedField | undefined]>([
  ['a bucket that is not there', { class: 'missing-bucket' }, {}, 'bucket'],
  ['who may not read it', { class: 'denied' }, {}, 'access'],
  ['a profile whose keys are refused', { class: 'credentials' }, { accessKind: 'profile' }, 'profile'],
  ['saved keys that are refused', { class: 'credentials' }, { accessKind: 'vault' }, 'keys'],
  ['credentials that are not found', { class: 'credentials' }, {}, 'access'],
  ['another region', { class: 'wrong-region', region: 'us-west-2' }, { region: 'eu-west-1' }, 'region'],
  ['another region where none was named', { class: 'wrong-region' }, {}, undefined],
  ['an endpoint whose host is not found', { class: 'dns', subject: 'minio.lab' }, ownServer, 'endpointUrl'],
  ['the same, its bucket in front', { class: 'dns', subject: 'era5.minio.lab:9000' }, ownServer, 'endpointUrl'],
  ['an endpoint where nobody listens', { class: 'connect', subject: 'minio.lab:9000' }, ownServer, 'endpointUrl'],
  ['a proxy where nobody listens', { class: 'connect', subject: 'proxy.lab:3128' }, ownServer, undefined],
  ['the network, with AWS asked', { class: 'dns', subject: 'era5.s3.amazonaws.com' }, {}, undefined],
  ['what passes', { class: 'throttled', subject: 'minio.lab:9000' }, ownServer, undefined],
])('blamed for a failure: %s', (_, failure, changes, field) => {
  expect(blameField({ ...draft, ...changes }, { status: 'failed', failure })).toBe(field)
})

test.each<[string, Partial<Preview>, Partial<FormDraft>, BlamedField | undefined]>([
  ['nothing, where something is found', { objects: 1 }, {}, undefined],
  ['the prefix', {}, {}, 'prefix'],
  ['the prefix, whatever the filters are', {}, { include: ['*.nc'] }, 'prefix'],
  ['nothing, where the bucket is empty', {}, { prefix: '' }, undefined],
  ['what is included', { excludedObjects: 5 }, { include: ['*.nc'], exclude: ['*.xml'] }, 'include'],
  ['what is excluded', { excludedObjects: 5 }, { exclude: ['*.nc'] }, 'exclude'],
])('blamed where nothing matches: %s', (_, counted, changes, field) => {
  const preview = { previewId: '1', objects: 0, bytes: 0, excludedObjects: 0, sample: [], done: true, ...counted }
  expect(blameField({ ...draft, ...changes }, { status: 'done', preview })).toBe(field)
})

test.each<[string, Failure, FormDraft['accessKind'], boolean]>([
  ['none is found', { class: 'credentials' }, 'default', true],
  ['one is found, and has no permission', { class: 'denied' }, 'default', false],
  ['the one that was chosen is refused', { class: 'credentials' }, 'profile', false],
])('public data is offered without an account where %s', (_, failure, accessKind, expected) => {
  expect(lacksAccount({ ...draft, accessKind }, { status: 'failed', failure })).toBe(expected)
})
