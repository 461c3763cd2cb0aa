/** What the user sets once; shared by window, browser and command line. */
import { z } from 'zod'
import { networkSchema } from './job-spec.ts'
import { policyOverridesSchema } from './policy.ts'

/** Each has its own threads and connections: more than that no machine serves well. */
export const MOST_JOBS_AT_ONCE = 20

export const settingsSchema = z.object({
  language: z.enum(['system', 'zh', 'en']).default('system'),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** Empty = the program's own proposal. */
  defaultFolder: z.string().default(''),
  network: networkSchema.default({ resolve: {}, proxy: 'system' }),
  policy: policyOverridesSchema.default({}),
  /** Further jobs wait for their turn. Five, as aria2 and Motrix do (`max-concurrent-downloads`). */
  jobsAtOnce: z.number().int().min(1).max(MOST_JOBS_AT_ONCE).default(5),
  notifyWhenDone: z.boolean().default(true),
  /** Desktop only: while a job is under way, the program is started at login and resumes it. */
  resumeAfterRestart: z.boolean().default(false),
  /** Defaults for flags of the command line, by the flag's name without dashes: `{ "threads": 32 }`. */
  flags: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])).optional(),
})
export type Settings = z.infer<typeof settingsSchema>
export const DEFAULT_SETTINGS: Settings = settingsSchema.parse({})
