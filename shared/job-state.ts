/** Where a job stands. `interrupted` = the program ended before the job did: offered for resume at the next start. */
import { z } from 'zod'
import { failureSchema } from './failure-schema.ts'

export const JOB_PHASES = [
  'queued', //        begins when one of the jobs at work ends
  'starting',
  'listing', //       nothing to fetch yet: the first page is on its way
  'running',
  'waiting', //       outside its time window, or the network is away; with a summary: for the retry of its last run
  'cooling-down',
  'paused',
  'finishing', //     all bytes are here: verifying and flushing
  'completed',
  'failed', //        ended with some objects failed, or before it could begin
  'cancelled',
  'interrupted',
] as const
export const jobPhaseSchema = z.enum(JOB_PHASES)
export type JobPhase = z.infer<typeof jobPhaseSchema>

const ENDED: readonly JobPhase[] = ['completed', 'failed', 'cancelled', 'interrupted']
export const hasEnded = (phase: JobPhase): boolean => ENDED.includes(phase)

/** Not ended, but nothing is fetched until the user, or the queue, resumes it. */
export const isHeld = (phase: JobPhase): boolean => phase === 'paused' || phase === 'queued'

/** Its last run was ended by a transient failure: the next begins by itself. */
export const isBetweenRuns = ({ phase, summary }: { phase: JobPhase; summary?: Summary | undefined }): boolean =>
  phase === 'waiting' && summary !== undefined

/** It completed without any object: shown as such, not as a success. */
export const foundNothing = ({ phase, objectsTotal }: { phase: JobPhase; objectsTotal: number }): boolean =>
  phase === 'completed' && objectsTotal === 0

/** How a run ended, as the command line prints it in its `summary` line. */
export const summarySchema = z.object({
  status: z.enum(['completed', 'failed', 'interrupted']),
  objectsDone: z.number(),
  objectsFailed: z.number(),
  /** Already there from an earlier run. Counted in `objectsDone` as well. */
  objectsSkipped: z.number(),
  /** Listed, and neither there nor failed: left for a later run. */
  objectsLeft: z.number().default(0),
  /** To be verified by the user's wish, but the service gave no checksum: only their size is known to be right. */
  objectsUnproven: z.number().default(0),
  /** Files of the user's own that had an object's name: renamed, and kept beside the object. */
  filesSetAside: z.number().default(0),
  bytesDone: z.number(),
  /** Body bytes received in this run, duplicates included. */
  bytesFetched: z.number(),
  seconds: z.number(),
  retries: z.number(),
  /** At most 1,000 are named here; `objectsFailed` counts all. */
  failed: z.array(z.object({ key: z.string(), failure: z.string(), message: z.string() })),
  /** Why the job as a whole ended early, if it did. */
  failure: failureSchema.optional(),
})
export type Summary = z.infer<typeof summarySchema>
