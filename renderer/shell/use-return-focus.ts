/**
 * A dialog that is taken away when it closes gives the focus
 * back to what had it before: antd does so only when it stays.
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
