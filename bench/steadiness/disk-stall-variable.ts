/** How a client is told when its disk stands still: `from-until`, in milliseconds since 1970. */
export const DISK_STALL_VARIABLE = 'STEADINESS_DISK_STALL'
