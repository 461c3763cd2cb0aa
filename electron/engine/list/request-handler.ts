/**
 * How the SDK reaches the network: through the job's own resolver, proxy and certificates, over a few connections that
 * are kept for a moment.
 */
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { checkServerIdentity, createSecureContext, type PeerCertificate, rootCertificates } from 'node:tls'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { ProxyAgent } from 'proxy-agent'
import type { Endpoint, Resolver } from '../engine-ports.ts'
import { isSocks } from './parse-proxy.ts'
import { REQUEST_TIMEOUT_MS } from './send-list.ts'

export type NetworkAccess = {
  resolver: Resolver
  /** URL of the proxy for a URL; empty = none. */
  proxyFor(url: string): Promise<string>
  /** Extra certificate authorities, PEM. */
  ca: string[]
}

const CONNECT_TIMEOUT_MS = 10_000
const CONTROL_SOCKETS = 16
/** An idle one gives up its place: a server may have few of them for one client, or only one. */
const IDLE_MS = 2000

/** `endpoint`: of any region; they differ neither in scheme nor in whether the host is an address. */
export function createRequestHandler(access: NetworkAccess, endpoint: Pick<Endpoint, 'hostname' | 'tls'>) {
  const { hostname, tls } = endpoint
  let lookups = 0
  /** Each connection begins with another address: who asks again is not to meet the same bad server. */
  const lookup: LookupFunction = (host, lookupOptions, done) => {
    access.resolver.resolve(host, AbortSignal.timeout(CONNECT_TIMEOUT_MS)).then((resolution) => {
      if (!resolution.ok) {
        done(Object.assign(new Error(`no address for ${host}`), { code: 'ENOTFOUND' }), '', 4)
        return
      }
      const { addresses, alternatives = [] } = resolution.value
      const first = lookups++ % Math.max(1, addresses.length)
      const all = [...addresses.slice(first), ...addresses.slice(0, first), ...alternatives].map((address) => ({
        address,
        family: isIP(address),
      }))
      if (lookupOptions.all) done(null, all)
      else done(null, all[0]?.address ?? '', all[0]?.family ?? 4)
    })
  }
  const isExtended = access.ca.length > 0
  const ca = isExtended ? { secureContext: createSecureContext({ ca: [...rootCertificates, ...access.ca] }) } : {}
  const shared = {
    keepAlive: true,
    timeout: IDLE_MS,
    maxSockets: CONTROL_SOCKETS,
    lookup,
    ...ca,
    // Through a tunnel the proxy agent tells no host that is an address, and Node takes it for `localhost`.
    ...(isIP(hostname) ? { checkServerIdentity: identityOf(hostname) } : {}),
  }
  const httpAgent = new HttpAgent(shared)
  const httpsAgent = new HttpsAgent(shared)
  // The proxy looks names up, as it does for the data plane: where one is needed, they often cannot be looked up here.
  const getProxyForUrl = async (url: string) => {
    const proxy = await access.proxyFor(url)
    return isSocks(proxy) ? proxy.replace(/^[^:]+/, 'socks5h') : proxy
  }
  // Without a tunnel the agent tells the proxy the whole URL on fresh connections only.
  const agent = new ProxyAgent({ ...shared, keepAlive: tls, getProxyForUrl, httpAgent, httpsAgent })
  const handler = new NodeHttpHandler({
    httpAgent: agent,
    httpsAgent: agent as unknown as HttpsAgent,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
  })
  return {
    handler,
    close() {
      handler.destroy()
      // The proxy agent does not close the agents it was given.
      httpAgent.destroy()
      httpsAgent.destroy()
    },
  }
}

const identityOf = (address: string) => (host: string, certificate: PeerCertificate) =>
  checkServerIdentity(host === 'localhost' ? address : host, certificate)
