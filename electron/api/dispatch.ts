/** The border: every call is known by name and every argument parsed by its schema, whichever host it came through. */
import type { z } from 'zod'
import { failed, type Outcome } from '../../shared/failure.ts'
import { CALLS, type CallName, type ContractHandlers } from '../../shared/ipc-contract.ts'

export type Dispatch = (name: string, input: unknown) => Promise<Outcome<unknown>>

/** `logProblem` gets bugs only: mistakes of the user and errors of the service come back as a failure. */
export function createDispatch(
  handlers: ContractHandlers,
  logProblem: (where: string, error: unknown) => void,
): Dispatch {
  return async (name, input) => {
    if (!Object.hasOwn(CALLS, name))
      return failed({ class: 'usage', code: 'unknown-call', subject: name.slice(0, 100) })
    const callName = name as CallName
    const parsed = CALLS[callName].input.safeParse(input)
    if (!parsed.success) return failed(describeIssue(callName, parsed.error))
    const handler = handlers[callName] as (request: unknown) => Promise<Outcome<unknown>>
    try {
      return await handler(parsed.data)
    } catch (error) {
      logProblem(callName, error)
      return failed({ class: 'usage', code: 'internal', subject: callName })
    }
  }
}

/** The first thing wrong, by the field's own name. The value is not repeated: it may be a secret. */
function describeIssue(callName: string, error: z.ZodError) {
  const issue = error.issues[0]
  const field = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue?.path.join('.')
  return {
    class: 'usage' as const,
    code: 'bad-input',
    subject: field || callName,
    detail: (issue?.message ?? 'does not fit').slice(0, 300),
  }
}
