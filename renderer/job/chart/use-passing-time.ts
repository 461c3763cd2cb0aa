/** Unix seconds, updated once a second while no snapshots arrive; undefined otherwise. */
import { useEffect, useState } from 'react'

export function usePassingTime(isWanted: boolean): number | undefined {
  const [now, setNow] = useState(() => Date.now() / 1000)
  useEffect(() => {
    if (!isWanted) return
    const look = () => setNow(Date.now() / 1000)
    look()
    const timer = setInterval(look, 1000)
    return () => clearInterval(timer)
  }, [isWanted])
  return isWanted ? now : undefined
}
