/**
 * A program that follows a script: for stories, screenshots and unit tests. Answers and pushes pass the same schemas as
 * the real ones, so a story cannot show what the program could not say.
 */
import { type Outcome, success } from '../../../shared/failure.ts'
import type { CallInput, CallName, CallResult, Push } from '../../../shared/ipc-contract.ts'
import { createParsedContract, type HostState, type WindowClient } from '../parsed-client.ts'

type Awaitable<T> = T | Promise<T>

export type ScriptedAnswer<N extends CallName> = (
  input: CallInput<N>,
  push: (news: Push) => void,
) => Awaitable<Outcome<CallResult<N>>>

export type Script = {
  /**
   * One answer per call; a function may look at the input and push news. A call without an answer fails as unreachable.
   */
  answers: { [N in CallName]?: ScriptedAnswer<N> }
  hostState?: HostState
}

export type ScriptedClient = WindowClient & {
  /** Sends news to every subscriber. */
  push(news: Push): void
  setHostState(state: HostState): void
  /** Every call so far, in order. */
  readonly calls: { name: string; input: unknown }[]
}

/** An answer that never comes: the state "still reading". */
export const neverAnswers = (): Promise<never> => new Promise(() => {})
/** The same value whatever is asked. */
export const always =
  <T>(value: T) =>
  (): Outcome<T> =>
    success(value)

export function createScriptedClient(script: Script): ScriptedClient {
  const listeners = new Set<(push: unknown) => void>()
  const watchers = new Set<(state: HostState) => void>()
  const calls: ScriptedClient['calls'] = []
  let hostState = script.hostState ?? 'connected'
  const push = (news: Push) => {
    for (const listener of listeners) listener(news)
  }

  const contract = createParsedContract({
    async call(name, input) {
      calls.push({ name, input })
      const answer = script.answers[name as CallName] as
        | ((input: unknown, push: (news: Push) => void) => unknown)
        | undefined
      if (!answer) throw new Error(`the script has no answer to ${name}`)
      return answer(input, push)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  })

  return {
    ...contract,
    calls,
    push,
    hostState: () => hostState,
    watchHostState(watcher) {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    setHostState(state) {
      hostState = state
      for (const watcher of watchers) watcher(state)
    },
    close: () => listeners.clear(),
  }
}
