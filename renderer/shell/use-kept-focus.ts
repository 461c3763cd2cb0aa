/**
 * A button that disappears or is disabled while it has the focus must not send the keyboard back to the top of the
 * page: the next button in its box takes the focus, or where there is none, the dialog or page around it until the
 * button is enabled again.
 */
import { type FocusEvent, useLayoutEffect, useRef } from 'react'

export function useKeptFocus() {
  const box = useRef<HTMLDivElement>(null)
  const last = useRef<HTMLElement>(null)
  const keeper = useRef<HTMLElement>(null)
  // After every change: what is in the box is not known here.
  useLayoutEffect(() => {
    const { activeElement, body } = document
    const isLost = activeElement === body || activeElement === last.current || activeElement === keeper.current
    if (!last.current || !isLost || !box.current) return
    if (canHaveFocus(last.current)) {
      if (activeElement !== last.current) last.current.focus()
      return
    }
    const next = [...box.current.querySelectorAll<HTMLElement>('button')].find(canHaveFocus)
    const target = next ?? box.current.closest<HTMLElement>('[role="dialog"], main')
    if (!next) keeper.current = target
    target?.focus()
  })
  return {
    ref: box,
    onFocus: ({ target }: FocusEvent<HTMLElement>) => {
      last.current = target
    },
    /** The user moved the focus elsewhere, which a removed or disabled button no longer reports. */
    onBlur: ({ target }: FocusEvent<HTMLElement>) => {
      if (canHaveFocus(target)) last.current = null
    },
  }
}

const canHaveFocus = (element: HTMLElement): boolean => element.isConnected && !element.matches(':disabled')
