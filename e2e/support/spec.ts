/** `spec(title, run)`: one spec in a workshop of its own; a failure leaves its evidence in e2e/artifacts. */
import { test } from 'vitest'
import { openWorkshop, type Workshop } from './workshop.ts'

export function spec(title: string, run: (workshop: Workshop) => Promise<void>): void {
  test(title, async () => {
    const workshop = await openWorkshop()
    try {
      await run(workshop)
    } catch (error) {
      await workshop.keepEvidence(title)
      throw error
    } finally {
      await workshop.close()
    }
  })
}
