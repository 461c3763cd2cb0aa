/** From a form's source and network to what the S3 client needs: credentials, region, resolver, proxy, certificates. */
import { readFile } from 'node:fs/promises'
import { getCACertificates, rootCertificates } from 'node:tls'
import { type Failure, failed, type Outcome, success } from '../../../shared/failure.ts'
import { isProxyUrl } from '../../../shared/is-proxy-url.ts'
import type { Access, Network, Source } from '../../../shared/job-spec.ts'
import { DEFAULT_POLICY } from '../../../shared/policy.ts'
import type { Clock } from '../../engine/engine-ports.ts'
import type { BucketClientOptions, CredentialProvider } from '../../engine/list/bucket-client.ts'
import { createHostResolver } from '../../engine/transport/resolve-host.ts'
import type { Vault } from '../host/vault.ts'
import {
  type AwsProfiles,
  configuredEndpointOf,
  credentialProcessOf,
  defaultRegionOf,
  readAwsProfiles,
} from './aws-config.ts'
import { keepCredentials } from './keep-credentials.ts'

export type SourceAccessOptions = {
  source: Source
  network: Network
  vault: Vault
  clock: Clock
  environment: NodeJS.ProcessEnv
  /** The operating system's proxy, where the host can ask for it; else `HTTPS_PROXY` and the like apply. */
  systemProxy?: ((url: string) => Promise<string>) | undefined
  dnsTimeoutSeconds?: number
}

export async function readSourceAccess(options: SourceAccessOptions): Promise<Outcome<BucketClientOptions>> {
  const { source, network, environment } = options
  // As the AWS tools do; over plain HTTP a missing file does not matter.
  const bundle = trustsMore(source) ? environment.AWS_CA_BUNDLE : undefined
  const ca = await readCertificates(network.caFile || bundle)
  if (!ca.ok) return ca
  const refused = refuseNetwork(network)
  if (refused) return failed(refused)
  const profiles = await readAwsProfiles(environment)
  const profile = source.access.kind === 'profile' ? source.access.name : undefined
  if (profile !== undefined && !profiles.has(profile)) {
    return failed({ class: 'credentials', code: 'unknown-profile', subject: profile })
  }
  const credentials = await credentialsOf(source.access, profiles, options)
  if (!credentials.ok) return credentials
  const defaultRegion = defaultRegionOf(environment, profiles, profile)
  // Resolved here for both: the SDK would read it by itself, our own transport would not.
  const endpointUrl = source.endpointUrl ?? configuredEndpointOf(environment, profiles, profile)
  if (endpointUrl && !URL.canParse(endpointUrl)) {
    return failed({ class: 'usage', code: 'endpoint', subject: 'AWS_ENDPOINT_URL', detail: endpointUrl })
  }
  return success({
    source: endpointUrl ? { ...source, endpointUrl } : source,
    clock: options.clock,
    ...(credentials.value ? { credentials: credentials.value } : {}),
    ...(defaultRegion ? { defaultRegion } : {}),
    resolver: createHostResolver({
      clock: options.clock,
      fixed: network.resolve,
      ...(network.dnsServer ? { dnsServer: network.dnsServer } : {}),
      timeoutSeconds: options.dnsTimeoutSeconds ?? DEFAULT_POLICY.dnsTimeoutSeconds,
    }),
    proxyFor: await proxyForOf(network.proxy, options.systemProxy),
    ca: trustsMore(source)
      ? withoutBundled([...getCACertificates('system'), ...getCACertificates('extra'), ...ca.value])
      : [],
  })
}

/** Over TLS, the system's and the user's certificate authorities are trusted beside those of Node. */
const trustsMore = (source: Source): boolean => !source.endpointUrl?.startsWith('http:')

/**
 * Without those that Node has, and without duplicates: the system's store holds most of them, some twice, and every
 * thread with TLS parses them all.
 */
function withoutBundled(certificates: readonly string[]): string[] {
  const known = new Set(rootCertificates.map(withoutSpace))
  return certificates.filter((certificate) => {
    const body = withoutSpace(certificate)
    const isNew = !known.has(body)
    known.add(body)
    return isNew
  })
}

const withoutSpace = (pem: string): string => pem.replace(/\s/g, '')

/** Undefined for anonymous access. The SDK's provider chain caches and renews by itself. */
async function credentialsOf(
  access: Access,
  profiles: AwsProfiles,
  { vault, clock, environment }: Pick<SourceAccessOptions, 'vault' | 'clock' | 'environment'>,
): Promise<Outcome<BucketClientOptions['credentials']>> {
  if (access.kind === 'anonymous') return success(undefined)
  if (access.kind === 'vault') {
    const keys = await vault.read(access.id)
    if (!keys.ok) return keys
    const { accessKeyId, secretAccessKey, sessionToken } = keys.value
    const credentials = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }
    return success(async () => credentials)
  }
  const ofProcess = credentialProcessOf(environment, profiles, access.kind === 'profile' ? access.name : undefined)
  if (ofProcess) {
    const { runCredentialProcess } = await import('./credential-process.ts')
    const { now } = clock
    return success(keepCredentials(() => runCredentialProcess(ofProcess, { environment, now }), now))
  }
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers')
  // Key files are read again at each renewal, for other programs rewrite them.
  const profile = access.kind === 'profile' ? { profile: access.name } : {}
  let provide: ReturnType<typeof fromNodeProviderChain> | undefined
  const renew: CredentialProvider = async (areRefused = false, requestHandler) => {
    // Without this, requests to STS and SSO would bypass the proxy.
    const clientConfig = requestHandler ? { clientConfig: { requestHandler } } : {}
    provide ??= fromNodeProviderChain({ ...profile, ...clientConfig, ignoreCache: true })
    // The chain takes this option, though its type does not have it.
    const refresh: object = { forceRefresh: areRefused }
    const keys = await provide(refresh).catch((error) => {
      throw access.kind === 'default' ? nameUnknownProfile(error, environment, profiles) : error
    })
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = keys
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken ? { sessionToken } : {}),
      ...(expiration ? { expiresAt: expiration.getTime() } : {}),
    }
  }
  return success(keepCredentials(renew, clock.now))
}

/** The chain passes over a profile that is not there, and says only that it found nothing. */
function nameUnknownProfile(error: unknown, { AWS_PROFILE }: NodeJS.ProcessEnv, profiles: AwsProfiles): unknown {
  if (!AWS_PROFILE || profiles.has(AWS_PROFILE) || !(error instanceof Error)) return error
  error.message = `AWS_PROFILE is ${AWS_PROFILE}, and ~/.aws knows no profile of that name`
  return error
}

async function proxyForOf(
  proxy: string,
  systemProxy: ((url: string) => Promise<string>) | undefined,
): Promise<(url: string) => Promise<string>> {
  if (proxy === 'none') return async () => ''
  if (proxy !== 'system') return async () => withReadableLogin(proxy)
  if (systemProxy) return systemProxy
  const { getProxyForUrl } = await import('proxy-from-env')
  return async (url) => withReadableLogin(getProxyForUrl(url))
}

/** A password may hold an unencoded `%`, which curl takes as it is and which our URL parsing would reject. */
function withReadableLogin(proxy: string): string {
  try {
    decodeURIComponent(proxy)
    return proxy
  } catch {
    return proxy.replaceAll('%', '%25')
  }
}

async function readCertificates(caFile: string | undefined): Promise<Outcome<string[]>> {
  if (!caFile) return success([])
  const refuse = (detail: string) => failed({ class: 'usage', code: 'ca-file', subject: caFile, detail })
  let pem: string
  try {
    pem = await readFile(caFile, 'utf8')
  } catch (error) {
    return refuse((error as NodeJS.ErrnoException).code ?? 'cannot be read')
  }
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g)
  return certificates ? success(certificates) : refuse('holds no PEM certificate')
}

function refuseNetwork({ proxy }: Network): Failure | undefined {
  if (proxy === 'system' || proxy === 'none' || isProxyUrl(proxy)) return undefined
  return { class: 'usage', code: 'proxy', subject: 'proxy', detail: 'not the URL of an HTTP(S) or SOCKS5 proxy' }
}
