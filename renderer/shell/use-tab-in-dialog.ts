/**
 * Tab goes round within a dialog. antd takes the focus back only once it has come into the page again: from the last
 * button it was nowhere first, or in the browser's own controls.
 */
import { useEffect } from 'react'

export function useTabInDialog(): void {
  useEffect(() => {
    window.addEventListener('keydown', turnRound)
    return () => window.removeEventListener('keydown', turnRound)
  }, [])
}

function turnRound(event: KeyboardEvent): void {
  const { activeElement } = document
  const dialog = activeElement?.closest('[role="dialog"]')
  if (event.key !== 'Tab' || !dialog || event.defaultPrevented) return
  const stops = [...dialog.querySelectorAll<HTMLElement>(STOPS)].filter(isStop)
  const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]]
  if (activeElement !== from || !to) return
  event.preventDefault()
  to.focus()
}

const STOPS = 'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex]'
const isStop = (element: HTMLElement): boolean => element.tabIndex >= 0 && element.checkVisibility()
