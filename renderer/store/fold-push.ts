/** Folds one push into the state. Pure; slices that the push does not concern keep their identity. */
import type { EngineEvent } from '../../shared/engine-event.ts'
import { assertNever } from '../../shared/failure.ts'
import type { JobView, Push } from '../../shared/ipc-contract.ts'
import type { MetricsSnapshot } from '../../shared/metrics-snapshot.ts'
import { MAX_EVENTS_PER_JOB, type WindowState } from './window-state.ts'

export function foldPush(state: WindowState, push: Push): WindowState {
  switch (push.name) {
    case 'job-changed':
      return { ...state, jobs: { ...state.jobs, [push.payload.jobId]: push.payload } }
    case 'job-removed':
      return {
        ...state,
        jobs: without(state.jobs, push.payload.jobId),
        snapshots: without(state.snapshots, push.payload.jobId),
        events: without(state.events, push.payload.jobId),
      }
    case 'snapshot': {
      const { jobId, snapshot } = push.payload
      const job = state.jobs[jobId]
      // A late push about a removed job must not add it again.
      if (!job) return state
      const before = state.snapshots[jobId]
      const isSetBack = before !== undefined && snapshot.time < before.time
      return {
        // The clock was set back, only the program knows how far: the past is read again.
        ...(isSetBack ? withEvents(state, jobId, [], 1) : state),
        jobs: { ...state.jobs, [jobId]: withProgress(job, snapshot) },
        snapshots: { ...state.snapshots, [jobId]: snapshot },
      }
    }
    case 'event': {
      const { jobId, event } = push.payload
      if (!state.jobs[jobId]) return state
      const events = [...(state.events[jobId] ?? []), event]
      const isFull = events.length > MAX_EVENTS_PER_JOB
      return isFull ? withEvents(state, jobId, [event], 1) : withEvents(state, jobId, events, 0)
    }
    case 'settings':
      return { ...state, settings: push.payload }
    case 'diagnosis': {
      // A late push of a diagnosis that was replaced is dropped.
      const isOther = state.diagnosis && state.diagnosis.diagnosisId !== push.payload.diagnosisId
      return isOther ? state : { ...state, diagnosis: push.payload }
    }
    case 'preview': //  belongs to the form that asked for it, see form/preview/use-preview.ts
      return state
    default:
      return assertNever(push)
  }
}

/** `reread`: the job's past has to be read again. */
const withEvents = (state: WindowState, jobId: string, events: EngineEvent[], reread: 0 | 1): WindowState => ({
  ...state,
  events: { ...state.events, [jobId]: events },
  rereads: reread ? { ...state.rereads, [jobId]: (state.rereads[jobId] ?? 0) + 1 } : state.rereads,
})

function withProgress(job: JobView, snapshot: MetricsSnapshot): JobView {
  const { phase, bytesDone, bytesTotal, objectsDone, objectsFailed, objectsTotal } = snapshot
  return { ...job, phase, bytesDone, bytesTotal, objectsDone, objectsFailed, objectsTotal }
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  const { [key]: _removed, ...rest } = record
  return rest
}
