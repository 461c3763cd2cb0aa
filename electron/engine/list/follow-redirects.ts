/** Follows redirects within the host of the request, for the SDK: by itself it follows none. */
import type { S3Client } from '@aws-sdk/client-s3'
import { MOST_REDIRECTS, redirectWithin } from '../transport/redirect-within.ts'

type SentRequest = { protocol: string; hostname: string; port?: number; path: string; query: Record<string, unknown> }
type Refused = { $response?: { statusCode: number; headers: Record<string, string> } }

export function followRedirects({ middlewareStack }: S3Client): void {
  // Behind that place each request is signed.
  middlewareStack.addRelativeTo(following, { relation: 'before', toMiddleware: 'retryMiddleware' })
}

function following<Args extends { request: unknown }, Answer>(next: (args: Args) => Promise<Answer>) {
  return async (args: Args): Promise<Answer> => {
    const request = args.request as SentRequest
    for (let followed = 0; ; followed++) {
      try {
        return await next(args)
      } catch (error) {
        const target = followed < MOST_REDIRECTS ? targetOf(error as Refused, request) : undefined
        if (!target) throw error
        request.path = target.pathname
        request.query = Object.fromEntries(target.searchParams)
      }
    }
  }
}

function targetOf({ $response: response }: Refused, { protocol, hostname, port, path }: SentRequest): URL | undefined {
  if (!response) return undefined
  const requestUrl = `${protocol}//${hostname}${port ? `:${port}` : ''}${path}`
  const { location, 'x-amz-bucket-region': region } = response.headers
  const target = redirectWithin(requestUrl, { status: response.statusCode, location, region })
  return target === undefined ? undefined : new URL(target, requestUrl)
}
