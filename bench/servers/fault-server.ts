/** The fault server in calm weather, in a process of its own: for machines without nginx. */
import { type ChildProcess, fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { endProcess } from '../end-process.ts'
import type { WorkloadObject } from '../workloads.ts'
import type { BenchServer, ServerFolders } from './bench-server.ts'
import { makeSelfSignedCertificate } from './self-signed-certificate.ts'

/** `lineBytesPerSecond`: of all connections together; undefined = as fast as it goes. */
export type FaultServerOrder = {
  objects: WorkloadObject[]
  key: string
  cert: string
  lineBytesPerSecond: number | undefined
}
export type FaultServerAnswer = BenchServer['url']

export async function startFaultServerProcess(
  folders: ServerFolders,
  objects: WorkloadObject[],
  lineBytesPerSecond?: number,
): Promise<BenchServer> {
  const { certificate, privateKey } = makeSelfSignedCertificate(Date.now())
  const caFile = join(folders.own, 'certificate.pem')
  writeFileSync(caFile, certificate)
  const child = fork(join(import.meta.dirname, 'fault-server-process.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const order: FaultServerOrder = { objects, key: privateKey, cert: certificate, lineBytesPerSecond }
  child.send(order)
  const url = await answerOf(child)
  if (!url) {
    await endProcess(child)
    throw new Error('the fault server does not start')
  }
  return { name: 'the built-in server', url, caFile, close: () => endProcess(child) }
}

function answerOf(child: ChildProcess): Promise<FaultServerAnswer | undefined> {
  return new Promise((resolve) => {
    child.once('message', (answer) => resolve(answer as FaultServerAnswer))
    child.once('exit', () => resolve(undefined))
    child.once('error', () => resolve(undefined))
  })
}
