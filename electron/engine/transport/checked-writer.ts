/**
 * Checks bytes while they are written, for tasks that want it: sums of a range, for the control plane to put
 * together, or the whole of a small object against what its answer promises. Other tasks never come here.
 */
import type { Failure } from '../../../shared/failure.ts'
import type { FetchTask } from '../engine-ports.ts'
import { formatChecksum, type SummedCheck } from '../verify/format-checksum.ts'
import { readOfferedCheck } from '../verify/offered-check.ts'
import type { SumOrder } from '../verify/range-sums.ts'
import type { StartChecksum } from '../verify/running-checksum.ts'
import { startRangeSums } from '../verify/sum-ranges.ts'
import type { ResponseHead } from './response-parser.ts'
import type { TaskWriter } from './task-writer.ts'

export function checkWhileWriting(
  writer: TaskWriter,
  task: FetchTask,
  head: ResponseHead,
  start: StartChecksum,
): TaskWriter {
  if (task.check?.kind === 'sum') return sumWhileWriting(writer, task.check, task.range.start, start)
  const offered = readOfferedCheck(head.headers, task.objectSize, task.etag)
  if (offered) return compareWhileWriting(writer, offered, start)
  return { ...writer, complete: () => unproven(writer, 'UNPROVEN', 'the answer promises nothing about its bytes') }
}

function sumWhileWriting(writer: TaskWriter, order: SumOrder, from: number, start: StartChecksum): TaskWriter {
  const sums = startRangeSums(order, from, start)
  return {
    ...writer,
    write(buffer, offset, length, position) {
      const failure = writer.write(buffer, offset, length, position)
      if (!failure) sums.update(buffer.subarray(offset, offset + length))
      return failure
    },
    sums: sums.finish,
  }
}

/** All bytes come here, in order: what the answer offers is about a whole object, or about its only part. */
function compareWhileWriting(writer: TaskWriter, check: SummedCheck, start: StartChecksum): TaskWriter {
  const checksum = start(check.algorithm)
  return {
    ...writer,
    write(buffer, offset, length, position) {
      checksum.update(buffer.subarray(offset, offset + length))
      return writer.write(buffer, offset, length, position)
    },
    complete() {
      const found = formatChecksum(check, [checksum.finish()], checksum)
      if (found === check.expected) return writer.complete()
      return unproven(writer, check.algorithm, `expected ${check.expected}, found ${found}`)
    },
  }
}

/** The file keeps its part name; the control plane takes a closer look. */
function unproven(writer: TaskWriter, code: string, detail: string): Failure {
  return writer.abandon() ?? { class: 'corrupt', code, detail }
}
