declare module 'proxy-from-env' {
  /** URL of the proxy that the environment (`HTTPS_PROXY`, `NO_PROXY`, ...) names for a URL; empty = none. */
  export function getProxyForUrl(url: string): string
}
