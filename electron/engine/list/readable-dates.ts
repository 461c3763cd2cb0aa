/**
 * The SDK refuses an answer for a `Last-Modified` that is not written as RFC 9110 wants it; its object is worth more.
 */
import type { S3Client } from '@aws-sdk/client-s3'

export function acceptAnyDates({ middlewareStack }: S3Client): void {
  middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const { headers } = result.response as { headers: Record<string, string> }
      const written = headers['last-modified']
      if (written !== undefined) {
        const time = Date.parse(written)
        if (Number.isNaN(time)) delete headers['last-modified']
        else headers['last-modified'] = new Date(time).toUTCString()
      }
      return result
    },
    { step: 'deserialize', priority: 'low' },
  )
}
