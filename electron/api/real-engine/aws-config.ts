/**
 * What `~/.aws` says about profiles: names, regions, endpoints, processes that give keys. Secrets are left to the SDK.
 */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { CredentialProcess } from './credential-process.ts'

type AwsProfile = {
  region?: string
  endpointUrl?: string
  credentialProcess?: string
  /** Keys, or a role, that the AWS tools take before they run a process. */
  hasKeys?: true
}
export type AwsProfiles = Map<string, AwsProfile>

/** Files that are missing or unreadable hold no profiles. */
export async function readAwsProfiles(environment: NodeJS.ProcessEnv): Promise<AwsProfiles> {
  const folder = join(environment.HOME || environment.USERPROFILE || homedir(), '.aws')
  const read = (path: string) => readFile(path, 'utf8').catch(() => '')
  const [config, credentials] = await Promise.all([
    read(environment.AWS_CONFIG_FILE || join(folder, 'config')),
    read(environment.AWS_SHARED_CREDENTIALS_FILE || join(folder, 'credentials')),
  ])
  return parseProfiles(config, credentials)
}

/** The region an S3 client takes when the source names none. */
export function defaultRegionOf(
  environment: NodeJS.ProcessEnv,
  profiles: AwsProfiles,
  profile?: string,
): string | undefined {
  const fromProfile = profiles.get(profile ?? environment.AWS_PROFILE ?? 'default')?.region
  const fromEnvironment = environment.AWS_REGION || environment.AWS_DEFAULT_REGION || undefined
  return profile ? (fromProfile ?? fromEnvironment) : (fromEnvironment ?? fromProfile)
}

/**
 * The endpoint that AWS tools would ask for S3;
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function configuredEndpointOf(
  environment: NodeJS.ProcessEnv,
  profiles: AwsProfiles,
  profile?: string,
): string | undefined {
  if (environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true') return undefined
  const fromEnvironment = environment.AWS_ENDPOINT_URL_S3 || environment.AWS_ENDPOINT_URL
  return fromEnvironment || profiles.get(profile ?? environment.AWS_PROFILE ?? 'default')?.endpointUrl
}

/** Undefined where the AWS tools would find their keys elsewhere. */
export function credentialProcessOf(
  environment: NodeJS.ProcessEnv,
  profiles: AwsProfiles,
  asked?: string,
): CredentialProcess | undefined {
  const named = asked ?? environment.AWS_PROFILE
  if (!named && environment.AWS_ACCESS_KEY_ID && environment.AWS_SECRET_ACCESS_KEY) return undefined
  const profile = named || 'default'
  const { credentialProcess: command, hasKeys } = profiles.get(profile) ?? {}
  return command && !hasKeys ? { profile, command } : undefined
}

/**
 * Sections are `[default]` and `[profile NAME]` in `config`, `[NAME]` in `credentials`; others (`sso-session`,
 * `services`) are no profiles. https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
 */
export function parseProfiles(config: string, credentials: string): AwsProfiles {
  const profiles: AwsProfiles = new Map()
  collect(config, (heading) => (heading === 'default' ? heading : /^profile\s+(.+)$/.exec(heading)?.[1]))
  collect(credentials, (heading) => heading)
  return profiles

  function collect(text: string, nameOf: (heading: string) => string | undefined): void {
    let current: AwsProfile | undefined
    for (const line of text.split(/\r?\n/)) {
      const heading = /^\[\s*([^\]]+?)\s*\]/.exec(line)?.[1]
      if (heading) {
        const name = nameOf(heading)
          ?.trim()
          .replace(/^["'](.*)["']$/, '$1')
        current = name ? (profiles.get(name) ?? {}) : undefined
        if (name && current) profiles.set(name, current)
        continue
      }
      const region = /^region\s*=\s*(\S+)/.exec(line)?.[1]
      if (region && current && !current.region) current.region = region
      const endpointUrl = /^endpoint_url\s*=\s*(\S+)/.exec(line)?.[1]
      if (endpointUrl && current && !current.endpointUrl) current.endpointUrl = endpointUrl
      const command = /^credential_process\s*=\s*(.+?)\s*(?:\s[;#].*)?$/.exec(line)?.[1]
      if (command && current && !current.credentialProcess) current.credentialProcess = command
      if (current && /^(?:aws_access_key_id|role_arn|web_identity_token_file)\s*=/.test(line)) current.hasKeys = true
    }
  }
}
