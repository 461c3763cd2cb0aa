/** The process behind `fault-server.ts`. Ends with its parent. */
import { startFaultServer } from '../../electron/engine/testing/fault-server/fault-server.ts'
import { lineCapacity } from '../../electron/engine/testing/weather/line.ts'
import { nginxEtag } from '../listing-pages.ts'
import { CONTENT_SEED, LAST_MODIFIED } from '../make-objects.ts'
import { BUCKET } from './bench-server.ts'
import type { FaultServerAnswer, FaultServerOrder } from './fault-server.ts'

process.once('disconnect', () => process.exit())
process.once('message', async (order) => {
  const { objects, key, cert, lineBytesPerSecond } = order as FaultServerOrder
  const stored = objects.map((object) => ({
    key: object.key,
    size: object.bytes,
    lastModified: LAST_MODIFIED.getTime(),
    etag: nginxEtag(LAST_MODIFIED, object.bytes),
    checksum: object.checksum ?? ('none' as const),
  }))
  const weather = lineBytesPerSecond === undefined ? [] : [lineCapacity(lineBytesPerSecond)]
  const options = { seed: CONTENT_SEED, buckets: { [BUCKET]: stored }, weather }
  const http = await startFaultServer(options)
  const tls = await startFaultServer({ ...options, tls: { key, cert } })
  const answer: FaultServerAnswer = { http: http.endpointUrl, tls: tls.endpointUrl }
  process.send?.(answer)
})
