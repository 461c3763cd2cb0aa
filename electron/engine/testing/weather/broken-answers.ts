/** Answers that are wrong in one way each; a share of the GETs, or all of them. */
import type { Fate, RequestFacts, Weather, WeatherContext } from './weather.ts'

function shareOfGets(
  name: string,
  share: number,
  fate: (request: RequestFacts, context: WeatherContext) => Fate,
): Weather {
  return {
    name,
    fate: (request, context) =>
      request.kind === 'get' && context.random() < share ? fate(request, context) : undefined,
  }
}

export const serverErrors = ({ share }: { share: number }): Weather =>
  shareOfGets('500 Internal Error', share, () => ({ kind: 'refuse', status: 500, code: 'InternalError' }))

export const drops = ({ share }: { share: number }): Weather =>
  shareOfGets('drops in mid-body', share, ({ bodyBytes }, { random }) => ({
    kind: 'reset',
    afterBytes: Math.floor(random() * bodyBytes),
  }))

export const truncations = ({ share }: { share: number }): Weather =>
  shareOfGets('bodies end early', share, ({ bodyBytes }, { random }) => ({
    kind: 'truncate',
    afterBytes: Math.floor(random() * bodyBytes),
  }))

export const ignoresRange = (): Weather => shareOfGets('ignores Range', 1, () => ({ kind: 'ignore-range' }))

export const wrongRanges = ({ share }: { share: number }): Weather =>
  shareOfGets('wrong ranges', share, () => ({ kind: 'wrong-range', by: 1 }))

/** Flips one bit of one byte of a key in the first `times` answers that carry it. */
export function bitFlips({ key, atByte, times }: { key: string; atByte: number; times: number }): Weather {
  let left = times
  return {
    name: 'flips a byte',
    fate(request) {
      if (request.kind !== 'get' || request.key !== key || left === 0) return undefined
      if (atByte < request.bodyStart || atByte >= request.bodyStart + request.bodyBytes) return undefined
      left--
      return { kind: 'flip', atByte }
    },
  }
}
