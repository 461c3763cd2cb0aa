/** What lies between this machine and the service: proxy, VPN, frame size, other traffic. Pure. */
import { type Judged, judged, judgedUnknown } from './judged.ts'

export type ProxyMeasurement =
  /** `host:port`, never with a login. `from`: who named it. */
  { status: 'used'; proxy: string; from: 'setting' | 'environment' | 'system' } | { status: 'none' }

export function judgeProxy(measured: ProxyMeasurement): Judged {
  if (measured.status === 'none') return judged('ok', 'no-proxy', 0)
  return judged('notice', 'proxy-in-use', 1, { evidence: { proxy: measured.proxy, from: measured.from } })
}

/**
 * Names under which tunnels appear: the kernel's own kinds, and the clients people use. macOS keeps several `utun` for
 * itself, without an IPv4 address; `interfaces` holds only those that have one.
 */
const TUNNEL =
  /^(tun|tap|utun|wg|ppp|ipsec|zt|tailscale|nordlynx|proton|mihomo|clash|meta$|sing|cscotun|gpd)|wireguard|openvpn|tap-windows|wintun|anyconnect|globalprotect|fortinet|forti|sangfor|easyconnect|zerotier|tailscale|vpn/i

export function judgeVpn(interfaces: readonly string[], hasFakeAddress: boolean): Judged {
  const tunnels = interfaces.filter((name) => TUNNEL.test(name))
  if (tunnels.length === 0 && !hasFakeAddress) return judged('ok', 'no-vpn', 0)
  const evidence = { interfaces: tunnels.join(', '), addressesAreFake: hasFakeAddress }
  return judged('notice', 'vpn-in-use', Math.max(1, tunnels.length), { evidence })
}

/** Ethernet carries 1500; tunnels and PPPoE take off up to a hundred. IPv6 needs 1280 (RFC 8200, 5). */
const MTU_BYTES = { full: 1400, least: 1280 }

export function judgeMtu(measured: { name: string; mtu: number } | undefined): Judged {
  if (!measured || measured.mtu <= 0) return judgedUnknown('cannot-tell', MTU_BYTES)
  const { name, mtu } = measured
  const say = (verdict: Judged['verdict'], cause: Judged['cause']) =>
    judged(verdict, cause, mtu, { threshold: MTU_BYTES, evidence: { interface: name } })
  if (mtu < MTU_BYTES.least) return say('bad', 'mtu-very-small')
  return mtu < MTU_BYTES.full ? say('notice', 'mtu-small') : say('ok', 'mtu-full')
}

/** Below a megabit per second other traffic does not matter. */
const OTHERS = { notice: 125_000 }
/** Share of our bytes that headers and rounding of the jobs' figures explain: not other traffic. */
const OWN_SLACK_RATIO = 0.25
/** Other traffic is reported above this share of what the line can carry. */
const TAKEN_RATIO = 0.5

export type TrafficMeasurement = {
  /** Bytes all interfaces received meanwhile, the loopback left out. */
  receivedBytes: number
  /** Of those, ours: the running jobs' bytes. */
  ownBytes: number
  seconds: number
  /** The best speed the line has been seen to carry: probes or jobs. */
  lineBytesPerSecond: number
}

export function judgeOtherTraffic(measured: TrafficMeasurement | undefined): Judged {
  if (!measured || measured.seconds <= 0) return judgedUnknown('cannot-tell', OTHERS)
  const { receivedBytes, ownBytes, seconds, lineBytesPerSecond } = measured
  const others = Math.max(0, receivedBytes - ownBytes) / seconds
  const seen = others + lineBytesPerSecond
  const evidence = {
    ownBytesPerSecond: Math.round(ownBytes / seconds),
    lineBytesPerSecond: Math.round(lineBytesPerSecond),
  }
  const say = (verdict: Judged['verdict'], cause: Judged['cause']) =>
    judged(verdict, cause, others, { threshold: OTHERS, evidence })
  if (others <= Math.max(OTHERS.notice, (OWN_SLACK_RATIO * ownBytes) / seconds)) return say('ok', 'line-is-ours')
  return lineBytesPerSecond > 0 && others > TAKEN_RATIO * seen
    ? say('bad', 'line-is-taken')
    : say('notice', 'line-is-shared')
}
