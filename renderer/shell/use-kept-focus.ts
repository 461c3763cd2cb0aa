/**
 * A button that goes, or rests, must not throw the focus of a keyboard back to the top of the page: the next one in its
 * box takes it, or where none can, the dialog or page around it until the button is of use again.
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
    /** The user has gone on; what goes or rests is no longer able to tell. */
    onBlur: ({ target }: FocusEvent<HTMLElement>) => {
      if (canHaveFocus(target)) last.current = null
    },
  }
}

const canHaveFocus = (element: HTMLElement): boolean => element.isConnected && !element.matches(':disabled')
