/** Where a job stands. `interrupted` = the program ended before the job did: offered for resume at the next start. */
import { z } from 'zod'
import { failureSchema } from './failure-schema.ts'

export const JOB_PHASES = [
  'queued', //        begins when one of the jobs at work ends
  'starting',
  'listing', //       nothing to fetch yet: the first page is on its way
  'running',
  'waiting', //       outside its time window, or the network is away; with a summary: until what has ended its last run has passed
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

/** Alive, but nothing is fetched until its user, or the queue, lets it go on. */
export const isHeld = (phase: JobPhase): boolean => phase === 'paused' || phase === 'queued'

/** Its last run was ended by what passes: the next begins by itself. */
export const isBetweenRuns = ({ phase, summary }: { phase: JobPhase; summary?: Summary | undefined }): boolean =>
  phase === 'waiting' && summary !== undefined

/** It ended well because there was nothing to do: not a success worth telling twice. */
export const foundNothing = ({ phase, objectsTotal }: { phase: JobPhase; objectsTotal: number }): boolean =>
  phase === 'completed' && objectsTotal === 0

/** How a run ended, as the command line prints it in its `summary` line. */
export const summarySchema = z.object({
  status: z.enum(['completed', 'failed', 'interrupted']),
  objectsDone: z.number(),
  objectsFailed: z.number(),
  /** Already there from an earlier run. Counted in `objectsDone` as well. */
  objectsSkipped: z.number(),
  /** Listed, and neither there nor failed: what a later run goes on with. */
  objectsLeft: z.number().default(0),
  /** To be held against a checksum, and the service has given none: what is known of them is their size. */
  objectsUnproven: z.number().default(0),
  /** No run has put them there, and they bore an object's name: they lie beside it now. */
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
