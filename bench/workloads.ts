/** Which objects are downloaded. Pure. */

/** What the server keeps of an object beside its bytes. */
export type KeptChecksum = 'CRC64NVME' | 'CRC32'

export type Workload = {
  name: string
  /** Absent: none. */
  checksum?: KeptChecksum
  /** Objects of one size each; listed and stored in this order. */
  groups: { count: number; bytes: number }[]
}

export type WorkloadObject = { key: string; bytes: number; checksum?: KeptChecksum }

const KIB = 1024
const MIB = 1024 ** 2

export const FULL_WORKLOADS: Workload[] = [
  { name: 'large', groups: [{ count: 8, bytes: 256 * MIB }] },
  { name: 'small', groups: [{ count: 10_000, bytes: 64 * KIB }] },
  {
    name: 'mixed',
    groups: [
      { count: 2, bytes: 256 * MIB },
      { count: 32, bytes: 8 * MIB },
      { count: 2000, bytes: 64 * KIB },
    ],
  },
]

/** What S3 keeps of every upload nowadays, of large and of small objects, and the CRC that Node computes fastest. */
export const VERIFY_WORKLOADS: Workload[] = [
  { name: 'large', checksum: 'CRC64NVME', groups: [{ count: 8, bytes: 256 * MIB }] },
  { name: 'quick', checksum: 'CRC32', groups: [{ count: 8, bytes: 256 * MIB }] },
  { name: 'small', checksum: 'CRC64NVME', groups: [{ count: 10_000, bytes: 64 * KIB }] },
]

/** Enough to see whether something broke, in under a minute. Too small for figures. */
export const QUICK_WORKLOADS: Workload[] = [
  { name: 'large', groups: [{ count: 4, bytes: 128 * MIB }] },
  { name: 'small', groups: [{ count: 2000, bytes: 64 * KIB }] },
]

/** One byte: what is left of a run when there is nothing to transfer. */
export const IDLE_WORKLOAD: Workload = { name: 'idle', groups: [{ count: 1, bytes: 1 }] }

/** Keys in the order S3 lists them. One flat prefix, as the archives have it: a month is one folder. */
export function objectsOf(workload: Workload): WorkloadObject[] {
  const objects: WorkloadObject[] = []
  for (const { count, bytes } of workload.groups) {
    for (let index = 0; index < count; index++) {
      const number = String(objects.length).padStart(6, '0')
      const kept = workload.checksum ? { checksum: workload.checksum } : {}
      objects.push({ key: `${workload.name}/e5.oper.an.pl.${number}.nc`, bytes, ...kept })
    }
  }
  return objects
}

export const bytesOf = (workload: Workload): number =>
  workload.groups.reduce((sum, { count, bytes }) => sum + count * bytes, 0)

export const countOf = (workload: Workload): number => workload.groups.reduce((sum, { count }) => sum + count, 0)

export const describe = (workload: Workload): string =>
  workload.groups.map(({ count, bytes }) => `${count.toLocaleString('en-US')} x ${sizeText(bytes)}`).join(' + ')

export const sizeText = (bytes: number): string =>
  bytes >= MIB ? `${bytes / MIB} MiB` : bytes >= KIB ? `${bytes / KIB} KiB` : `${bytes} B`
