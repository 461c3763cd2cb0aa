/** One object of a job as the window's table shows it, and as the engine answers for it. */
import { z } from 'zod'

export const OBJECT_STATES = ['waiting', 'active', 'verifying', 'done', 'skipped', 'failed'] as const
const objectFilterSchema = z.enum(['all', ...OBJECT_STATES])
/** By size the largest first; by state what failed, then what is under way, what waits and what is done. */
const objectSortSchema = z.object({ by: z.enum(['size', 'state']), isReversed: z.boolean() })
/** A window of rows: as listed unless sorted. */
export const objectQuerySchema = z.object({
  filter: objectFilterSchema,
  search: z.string(),
  sort: objectSortSchema.optional(),
  offset: z.number().int().nonnegative(),
  limit: z.number().int().min(1).max(500),
})
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
export type ObjectSort = z.infer<typeof objectSortSchema>
export type ObjectQuery = z.infer<typeof objectQuerySchema>
export type ObjectFilter = z.infer<typeof objectFilterSchema>
