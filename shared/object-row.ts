/** One object of a job as the window's table shows it, and as the engine answers for it. */
import { z } from 'zod'

export const OBJECT_STATES = ['waiting', 'active', 'verifying', 'done', 'skipped', 'failed'] as const
export const objectFilterSchema = z.enum(['all', ...OBJECT_STATES])
export const objectRowSchema = z.object({
  /** Position in the listing; stable for the life of the run. */
  index: z.number().int(),
  key: z.string(),
  size: z.number(),
  bytesDone: z.number(),
  state: z.enum(OBJECT_STATES),
  failure: z.string().optional(),
})

export type ObjectRow = z.infer<typeof objectRowSchema>
export type ObjectState = (typeof OBJECT_STATES)[number]
export type ObjectFilter = z.infer<typeof objectFilterSchema>
