/** Is the host name resolved, and how fast. Pure. */
import type { Failure } from '../../../../shared/failure.ts'
import { type Judged, judged, judgedUnknown, judgeFailure, judgeRising } from './judged.ts'

/**
 * A look-up answered by a nearby cache takes a few milliseconds, one across the world 200; beyond a second it delays
 * every new connection ("DNS解析慢" in the seed report's table).
 */
const LOOK_UP_MS = { notice: 200, bad: 1000 }

export type LookUp =
  | { status: 'answered'; milliseconds: number; addresses: string[]; server?: string }
  | { status: 'failed'; milliseconds: number; failure: Failure; server?: string }
  /** An address, or a host with addresses fixed by the user. */
  | { status: 'not-needed'; addresses: string[] }
  /** No host was given, or an earlier step failed. */
  | { status: 'not-asked'; cause: 'not-asked' | 'not-reached' }

/** Benchmarking addresses (RFC 2544) that proxies such as Clash hand out in place of the real ones. */
const isFake = (address: string): boolean => /^198\.1[89]\./.test(address)

/** `dead`: those that cannot be connected to, while others can. */
export function judgeAddresses(look: LookUp, dead: readonly string[] = []): Judged {
  if (look.status === 'not-asked') return judgedUnknown(look.cause)
  if (look.status === 'failed') return judgeFailure(look.failure)
  const evidence = { addresses: look.addresses.join(' ') }
  const say = (verdict: Judged['verdict'], cause: Judged['cause'], more = {}) =>
    judged(verdict, cause, look.addresses.length, { evidence: { ...evidence, ...more } })
  if (dead.length > 0) return say('notice', 'addresses-dead', { dead: dead.join(' ') })
  return look.addresses.some(isFake) ? say('notice', 'addresses-fake') : say('ok', 'addresses-found')
}

export const judgeSystemDns = (look: LookUp): Judged =>
  judgeLookUp(look, (failure) => ({
    ...judgeFailure(failure, LOOK_UP_MS),
    cause: 'dns-dead',
  }))

/** A server set by the user must answer; without one our own query to the system's servers is only a fallback. */
export const judgeServerDns = (look: LookUp, isChosen: boolean): Judged =>
  judgeLookUp(look, (failure) => ({
    ...judgeFailure(failure, LOOK_UP_MS),
    verdict: isChosen ? 'bad' : 'notice',
    cause: isNoName(failure) ? 'dns-server-unknown' : isChosen ? 'dns-server-dead' : 'dns-own-servers-dead',
  }))

/** The server did answer, with NXDOMAIN. */
const isNoName = ({ code }: Failure): boolean => code === 'ENOTFOUND' || code === 'ENODATA'

function judgeLookUp(look: LookUp, ofFailure: (failure: Failure) => Judged): Judged {
  switch (look.status) {
    case 'not-asked':
      return judgedUnknown(look.cause, LOOK_UP_MS)
    case 'not-needed':
      return judged('ok', 'dns-not-needed', null, { threshold: LOOK_UP_MS })
    case 'failed': {
      const answer = ofFailure(look.failure)
      return { ...answer, evidence: { ...answer.evidence, afterMs: Math.round(look.milliseconds), ...serverOf(look) } }
    }
    case 'answered':
      return judgeRising(look.milliseconds, LOOK_UP_MS, ['dns-fast', 'dns-slow', 'dns-very-slow'], serverOf(look))
  }
}

const serverOf = ({ server }: { server?: string }): { server?: string } => (server ? { server } : {})
