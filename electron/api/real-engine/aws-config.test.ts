import { expect, test } from 'vitest'
import { configuredEndpointOf, credentialProcessOf, defaultRegionOf, parseProfiles } from './aws-config.ts'

const CONFIG = `
[default]
region = eu-west-1
[profile era5]
region=us-west-2
endpoint_url = https://minio.lab
[profile "with space"]
[sso-session lab]
sso_region = us-east-1
; [profile commented]
`
const CREDENTIALS = '[default]\naws_access_key_id = A\n[only-keys]\naws_secret_access_key = S\nregion = ap-east-1\n'
const profiles = parseProfiles(CONFIG, CREDENTIALS)

test('profiles are the sections of both files, without sso-sessions and comments', () => {
  expect([...profiles.keys()]).toEqual(['default', 'era5', 'with space', 'only-keys'])
})

test.each([
  ['a profile that was asked for brings its own region', {}, 'era5', 'us-west-2'],
  ['... even when the environment names one', { AWS_REGION: 'eu-north-1' }, 'era5', 'us-west-2'],
  ['a profile without a region takes the environment', { AWS_REGION: 'eu-north-1' }, 'with space', 'eu-north-1'],
  ['the environment beats the default profile', { AWS_DEFAULT_REGION: 'eu-north-1' }, undefined, 'eu-north-1'],
  ['AWS_PROFILE names the profile', { AWS_PROFILE: 'only-keys' }, undefined, 'ap-east-1'],
  ['nothing said: the default profile', {}, undefined, 'eu-west-1'],
])('%s', (_, environment, profile, region) => {
  expect(defaultRegionOf(environment, profiles, profile)).toBe(region)
})

test.each([
  ['nothing said', {}, undefined, undefined],
  ['a profile brings its own', {}, 'era5', 'https://minio.lab'],
  ['S3 before all services', { AWS_ENDPOINT_URL_S3: 'http://a', AWS_ENDPOINT_URL: 'http://b' }, 'era5', 'http://a'],
  ['switched off', { AWS_ENDPOINT_URL: 'http://b', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, 'era5', undefined],
])('endpoint: %s', (_, environment, profile, endpoint) => {
  expect(configuredEndpointOf(environment, profiles, profile)).toBe(endpoint)
})

test.each<[string, NodeJS.ProcessEnv, string | undefined, string | undefined]>([
  ['of the profile that was asked for, without the remark behind it', {}, 'lab', 'lab-login --for era5#1'],
  ['of the profile the environment names', { AWS_PROFILE: 'lab' }, undefined, 'lab-login --for era5#1'],
  ['of the default profile', {}, undefined, '"C:\\Lab Tools\\login.exe"'],
  [
    'not where the environment holds keys',
    { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'S' },
    undefined,
    undefined,
  ],
  ['not where the profile holds keys as well', {}, 'both', undefined],
  ['none', {}, 'plain', undefined],
])('the process that gives keys: %s', (_, environment, profile, command) => {
  const config =
    '[default]\ncredential_process="C:\\Lab Tools\\login.exe" \n[profile plain]\n' +
    '[profile lab]\ncredential_process = lab-login --for era5#1 # as told\n[profile both]\ncredential_process = other\n'
  const known = parseProfiles(config, '[both]\naws_access_key_id = A\n')
  expect(credentialProcessOf(environment, known, profile)?.command).toBe(command)
})
