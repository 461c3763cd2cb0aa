/** What the user set once and all three faces share. */
import { z } from 'zod'
import { networkSchema } from './job-spec.ts'
import { policyOverridesSchema } from './policy.ts'

export const settingsSchema = z.object({
  language: z.enum(['system', 'zh', 'en']).default('system'),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** Empty = the program's own proposal. */
  defaultFolder: z.string().default(''),
  network: networkSchema.default({ resolve: {}, proxy: 'system' }),
  policy: policyOverridesSchema.default({}),
  notifyWhenDone: z.boolean().default(true),
  /** Defaults for flags of the command line, by the flag's name without dashes: `{ "threads": 32 }`. */
  flags: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])).optional(),
})
export type Settings = z.infer<typeof settingsSchema>
export const DEFAULT_SETTINGS: Settings = settingsSchema.parse({})
