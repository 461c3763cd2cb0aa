/** Objects on their way through the disk: begun, verified and landed, taken back. */
export function createDiskWork() {
  let size = 0
  let landings = 0
  let onEmpty: (() => void) | undefined

  return {
    get size() {
      return size
    },
    /** Something on its way may leave ranges to fetch. A whole object leaves none unless it proves wrong. */
    mayBringRanges: () => size > landings,
    async run<T>(work: Promise<T>, isLanding = false): Promise<T> {
      size++
      if (isLanding) landings++
      try {
        return await work
      } finally {
        size--
        if (isLanding) landings--
        if (size === 0) onEmpty?.()
      }
    },
    async untilDone(): Promise<void> {
      if (size === 0) return
      await new Promise<void>((resolve) => {
        onEmpty = resolve
      })
    },
  }
}
