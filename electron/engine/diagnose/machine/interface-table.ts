/** Reads the tables in which operating systems list network interfaces. Pure; lines that do not match are skipped. */

export type InterfaceRow = {
  name: string
  /** 0 where the table does not say. */
  mtu: number
  /** Since the interface came up. */
  receivedBytes: number
}

/** Linux' `/proc/net/dev`: `eth0: BYTES PACKETS ...`. */
export function parseProcNetDev(text: string): InterfaceRow[] {
  return text.split('\n').flatMap((line) => {
    const [, name, bytes] = /^\s*([^\s:]+):\s*(\d+)\s/.exec(line) ?? []
    return name && name !== 'lo' ? [{ name, mtu: 0, receivedBytes: Number(bytes) }] : []
  })
}

/** Name of the interface of the default route, in Linux' `/proc/net/route`. */
export function parseDefaultRoute(text: string): string | undefined {
  for (const line of text.split('\n').slice(1)) {
    const [name, destination, , , , , , mask] = line.trim().split(/\s+/)
    if (destination === '00000000' && mask === '00000000') return name
  }
  return undefined
}

/** Windows' `netsh interface ipv4 show subinterfaces`: MTU, state (1 = connected), bytes in, bytes out, name. */
export function parseNetsh(text: string): InterfaceRow[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, mtu, state, bytes, name] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+\d+\s+(\S.*?)\s*$/.exec(line) ?? []
    const isLoopback = Number(mtu) > 1_000_000
    return name && state === '1' && !isLoopback ? [{ name, mtu: Number(mtu), receivedBytes: Number(bytes) }] : []
  })
}

/**
 * macOS' `netstat -ibn`: one `<Link#N>` row per interface; its address may be missing, so columns count from the end.
 */
export function parseNetstatInterfaces(text: string): InterfaceRow[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/)
    const [name = '', mtu, network = ''] = fields
    if (!network.startsWith('<Link#') || name.startsWith('lo')) return []
    return [{ name: name.replace(/\*$/, ''), mtu: Number(mtu), receivedBytes: Number(fields.at(-5)) }]
  })
}

/** The one that carries the traffic: that of the default route, else the busiest. */
export function chooseMainInterface(rows: readonly InterfaceRow[], defaultRoute?: string): InterfaceRow | undefined {
  const known = rows.find(({ name }) => name === defaultRoute)
  const busiest = [...rows].sort((one, other) => other.receivedBytes - one.receivedBytes)[0]
  return known ?? (busiest && busiest.receivedBytes > 0 ? busiest : undefined)
}
