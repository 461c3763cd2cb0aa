/**
 * Who may read an object often may not list its bucket. Where the listing of what can be a whole key is denied, a HEAD
 * shows whether it is one.
 */
import { success } from '../../../shared/failure.ts'
import type { ObjectSource } from '../engine-ports.ts'

type Asking = Pick<ObjectSource, 'listPage' | 'headObject'>

export function readKeysAlone<Source extends Asking>(source: Source): Source {
  return {
    ...source,
    async listPage(request, signal) {
      const page = await source.listPage(request, signal)
      const { prefix: key, continuation, startAfter } = request
      const mayBeKey = key !== '' && !key.endsWith('/') && !continuation && !startAfter
      if (page.ok || page.failure.class !== 'denied' || !mayBeKey) return page
      const head = await source.headObject(key, {}, signal)
      if (!head.ok) return page
      const { size, etag, lastModified } = head.value
      return success({ objects: [{ key, size, etag, lastModified, storageClass: 'STANDARD' }], prefixes: [] })
    },
  }
}
