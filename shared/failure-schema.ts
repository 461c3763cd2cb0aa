/** Failures that cross a border: the window, a file, the `--json` of another run. */
import { z } from 'zod'
import { FAILURE_CLASSES, type Failure } from './failure.ts'

export const failureClassSchema = z.enum(FAILURE_CLASSES)

export const failureSchema = z.object({
  class: failureClassSchema,
  code: z.string().optional(),
  httpStatus: z.number().int().optional(),
  subject: z.string().optional(),
  address: z.string().optional(),
  requestId: z.string().optional(),
  retryAfterMs: z.number().nonnegative().optional(),
  region: z.string().optional(),
  detail: z.string().optional(),
}) satisfies z.ZodType<Failure>
