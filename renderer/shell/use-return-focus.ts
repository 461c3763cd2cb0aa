/**
 * A dialog that is unmounted when it closes returns the focus
 * to the element that had it before; antd does so only for one that stays mounted.
 */
import { useEffect, useRef } from 'react'

export function useReturnFocus(): void {
  const opener = useRef(document.activeElement)
  useEffect(() => {
    const { current } = opener
    return () => {
      if (current instanceof HTMLElement) current.focus()
    }
  }, [])
}
