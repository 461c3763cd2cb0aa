/** Bytes, rates and durations as people write and read them. */

const BINARY = 1024
const UNIT_BYTES: Record<string, number> = {
  '': 1,
  B: 1,
  K: 1000,
  KB: 1000,
  KIB: BINARY,
  M: 1000 ** 2,
  MB: 1000 ** 2,
  MIB: BINARY ** 2,
  G: 1000 ** 3,
  GB: 1000 ** 3,
  GIB: BINARY ** 3,
  T: 1000 ** 4,
  TB: 1000 ** 4,
  TIB: BINARY ** 4,
}

/** `20M`, `20MB` (powers of 1000), `20MiB` (powers of 1024), `1048576`. Undefined for anything else. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim())
  const unit = UNIT_BYTES[(match?.[2] ?? '').toUpperCase()]
  if (!match || !unit) return undefined
  return Math.round(Number(match[1]) * unit)
}

/** `20MiB`, `20 MB/s`: bytes per second. */
export const parseRate = (text: string): number | undefined =>
  parseBytes(text.trim().replace(/\s*[/／]\s*(?:s|秒)$/i, ''))

/** `20MiB`, `5MB`, `1048577`: the shortest text that `parseBytes` reads back exactly. */
export function writeBytes(bytes: number): string {
  const unit = (['TiB', 'TB', 'GiB', 'GB', 'MiB', 'MB', 'KiB', 'KB'] as const).find(
    (name) => bytes > 0 && bytes % (UNIT_BYTES[name.toUpperCase()] ?? 1) === 0,
  )
  return unit ? `${bytes / (UNIT_BYTES[unit.toUpperCase()] ?? 1)}${unit}` : String(bytes)
}

const SCALE = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const

/** `1.32 GB`: powers of 1000, as rates and disk makers count; at most four significant digits. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes)
  let unit = 0
  while (value >= 999.5 && unit < SCALE.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit === 0 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0
  return `${value.toFixed(digits)} ${SCALE[unit]}`
}

/** `31.8 MB/s`. Steady unit: MB/s from 0.1 MB/s up, so that a live number does not jump between units. */
export function formatRate(bytesPerSecond: number): string {
  if (bytesPerSecond > 0 && bytesPerSecond < 100_000) return `${(bytesPerSecond / 1000).toFixed(1)} KB/s`
  const mega = Math.max(0, bytesPerSecond) / 1e6
  return `${mega.toFixed(mega >= 1000 ? 0 : 1)} MB/s`
}

/** `22:00`, of a minute of the day. */
export const formatMinuteOfDay = (minute: number): string =>
  [minute / 60, minute % 60].map((part) => String(Math.floor(part)).padStart(2, '0')).join(':')

/** Hours, minutes and seconds of a duration, largest first; the caller words them. */
export function splitDuration(seconds: number): { days: number; hours: number; minutes: number; seconds: number } {
  const whole = Math.max(0, Math.round(seconds))
  return {
    days: Math.floor(whole / 86_400),
    hours: Math.floor((whole % 86_400) / 3600),
    minutes: Math.floor((whole % 3600) / 60),
    seconds: whole % 60,
  }
}
