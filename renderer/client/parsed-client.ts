/**
 * The contract's client over any transport: answers and pushes are parsed by their schemas before anyone sees them.
 * A transport that cannot reach the program, or a program that breaks the contract, is a failure like any other.
 */
import { z } from 'zod'
import { failed, type Outcome, success } from '../../shared/failure.ts'
import { failureSchema } from '../../shared/failure-schema.ts'
import { CALLS, type ContractClient, PUSHES, type Push, type PushName } from '../../shared/ipc-contract.ts'

/**
 * `lost`: the transport tries again by itself. `refused`: the
 * program does not know our token; only a new address helps.
 */
export type HostState = 'connected' | 'lost' | 'refused'

export type Transport = {
  /** Resolves to an `Outcome`, not yet parsed. Rejects when the program cannot be reached. */
  call(name: string, input: unknown): Promise<unknown>
  subscribe(listener: (push: unknown) => void): () => void
}

/** What the window holds: the contract, and whether the program can be reached. */
export type WindowClient = ContractClient & {
  hostState(): HostState
  watchHostState(listener: (state: HostState) => void): () => void
  close(): void
}

/** `Failure.code` of a call that never reached the program. */
export const PROGRAM_UNREACHABLE = 'PROGRAM_UNREACHABLE'
/** `Failure.code` of an answer that is not what the contract says. */
export const CONTRACT_BROKEN = 'CONTRACT_BROKEN'

const outcomeSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), failure: failureSchema }),
])
const pushSchema = z.object({ name: z.string(), payload: z.unknown() })

export function createParsedContract(transport: Transport): ContractClient {
  return {
    async call(name, input) {
      let answer: unknown
      try {
        answer = await transport.call(name, input)
      } catch (error) {
        return failed({ class: 'connect', code: PROGRAM_UNREACHABLE, detail: shorten(error) })
      }
      // The compiler cannot follow that the schema found under `name` yields the result of `name`.
      return parseAnswer(name, answer, CALLS[name].output as z.ZodType) as never
    },
    subscribe: (listener) =>
      transport.subscribe((received) => {
        const push = parsePush(received)
        if (push) listener(push)
      }),
  }
}

function parseAnswer<T>(name: string, answer: unknown, schema: z.ZodType<T>): Outcome<T> {
  const outcome = outcomeSchema.safeParse(answer)
  if (!outcome.success) return failed({ class: 'protocol', code: CONTRACT_BROKEN, subject: name })
  if (!outcome.data.ok) return outcome.data
  const value = schema.safeParse(outcome.data.value)
  if (value.success) return success(value.data)
  return failed({
    class: 'protocol',
    code: CONTRACT_BROKEN,
    subject: name,
    detail: shorten(z.prettifyError(value.error)),
  })
}

/** Undefined for an unknown push: the program may be newer than the page. */
export function parsePush(received: unknown): Push | undefined {
  const push = pushSchema.safeParse(received)
  if (!push.success || !isPushName(push.data.name)) return undefined
  const payload = PUSHES[push.data.name].safeParse(push.data.payload)
  return payload.success ? ({ name: push.data.name, payload: payload.data } as Push) : undefined
}

const isPushName = (name: string): name is PushName => Object.hasOwn(PUSHES, name)

const shorten = (reason: unknown): string => String(reason instanceof Error ? reason.message : reason).slice(0, 300)
