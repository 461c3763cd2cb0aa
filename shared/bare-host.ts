/**
 * `[::1]` -> `::1`: an IPv6 address as sockets take it, not as addresses of the web write it. Others stay as they are.
 */
export const bareHost = (host: string): string => host.replace(/^\[(.*)\]$/, '$1')
