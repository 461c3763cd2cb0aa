/** Reads the small texts of the form. Undefined means: not readable. */
import { formatMinuteOfDay } from '../../../shared/format-units.ts'
import type { TimeWindow } from '../../../shared/job-spec.ts'

/** `22:00-07:00`, `9:30 - 17:00`, with any dash. */
export function parseTimeWindow(text: string): TimeWindow | undefined {
  const match = /^(\d{1,2})[:：](\d{2})\s*[-–—~～至]\s*(\d{1,2})[:：](\d{2})$/.exec(text.trim())
  if (!match) return undefined
  const fromMinutes = minutes(match[1], match[2])
  const toMinutes = minutes(match[3], match[4])
  return fromMinutes === undefined || toMinutes === undefined ? undefined : { fromMinutes, toMinutes }
}

/** `22:00-07:00`. */
export const writeTimeWindow = ({ fromMinutes, toMinutes }: TimeWindow): string =>
  [fromMinutes, toMinutes].map(formatMinuteOfDay).join('-')

function minutes(hour: string | undefined, minute: string | undefined): number | undefined {
  const hours = Number(hour)
  const rest = Number(minute)
  return hours < 24 && rest < 60 ? hours * 60 + rest : undefined
}

/** The address of any bucket and prefix, valid or not. */
export const writeS3Address = (bucket: string, prefix: string): string => `s3://${bucket}/${prefix}`

export const isWebUrl = (text: string): boolean => /^https?:\/\/[^/\s]+/i.test(text.trim()) && URL.canParse(text.trim())

/** The path of an endpoint: `/s3` of `https://host/s3/`; undefined without one. */
export const endpointPath = (text: string): string | undefined =>
  isWebUrl(text) ? new URL(text.trim()).pathname.replace(/\/+$/, '') || undefined : undefined
