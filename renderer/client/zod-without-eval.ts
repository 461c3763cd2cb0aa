/**
 * zod would try `new Function` to speed up its parsers; the Content-Security-Policy refuses it, and the browser reports
 * the attempt. This must run before the first schema is built, so it is the first import of `first-questions.ts`; it is
 * imported in `use-client.tsx` as well, which puts it into the chunk that holds the schemas, in front of them.
 */
import { config } from 'zod'

config({ jitless: true })
