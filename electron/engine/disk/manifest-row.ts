/**
 * One line of manifest.csv. Spreadsheets open it, so a value must neither break the line nor begin a formula:
 * values that start with `=`, `+`, `-`, `@` or `'` get a `'` in front, values with control characters or broken
 * Unicode are written as `'json:` and a JSON string. One row is one line, always.
 */
export type ManifestRow = {
  bucket: string
  /** The whole key. */
  key: string
  /** Relative to the destination, `/` between segments. */
  path: string
  size: number
  etag: string
  /** Unix milliseconds. */
  lastModified: number
  /** `mapped`: the name is given, the file is not there yet. */
  state: 'mapped' | 'landed' | 'failed'
}

export const MANIFEST_HEADER = 'bucket,key,path,size,etag,last_modified,state'

export function encodeRow(row: ManifestRow): string {
  const time = Number.isFinite(row.lastModified) ? new Date(row.lastModified).toISOString() : ''
  return `${quote(row.bucket)},${quote(row.key)},${quote(row.path)},${row.size},${quote(row.etag)},${time},${row.state}\n`
}

/** Undefined for the header and for a line that is no row. */
export function decodeRow(line: string): ManifestRow | undefined {
  const fields = splitFields(line)
  if (fields?.length !== 7) return undefined
  const bucket = unprotect(fields[0])
  const key = unprotect(fields[1])
  const path = unprotect(fields[2])
  const etag = unprotect(fields[4])
  const size = Number(fields[3])
  const state = fields[6]
  if (bucket === undefined || key === undefined || path === undefined || etag === undefined) return undefined
  if (!Number.isSafeInteger(size) || fields[3] === '') return undefined
  if (state !== 'mapped' && state !== 'landed' && state !== 'failed') return undefined
  return { bucket, key, path, size, etag, lastModified: Date.parse(fields[5] ?? ''), state }
}

const NEEDS_NOTHING = /^[A-Za-z0-9_./~:][A-Za-z0-9_./~: +%=&@-]*$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: these would break the line
const BREAKS_LINES = /[\u0000-\u001f\u007f\u2028\u2029]/

function quote(value: string): string {
  if (NEEDS_NOTHING.test(value)) return value
  return `"${protect(value).replaceAll('"', '""')}"`
}

function protect(value: string): string {
  if (BREAKS_LINES.test(value) || !value.isWellFormed()) return `'json:${escapeSeparators(JSON.stringify(value))}`
  return /^[=+\-@']/.test(value) ? `'${value}` : value
}

const escapeSeparators = (json: string): string =>
  json.replace(/[\u007f\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

function unprotect(value: string | undefined): string | undefined {
  if (!value?.startsWith("'")) return value
  if (!value.startsWith("'json:")) return value.slice(1)
  try {
    const text: unknown = JSON.parse(value.slice("'json:".length))
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}

/** RFC 4180 without line breaks inside quotes. */
function splitFields(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',')
  const fields: string[] = []
  let at = 0
  for (;;) {
    if (line[at] === '"') {
      let end = at + 1
      while (end < line.length && (line[end] !== '"' || line[end + 1] === '"')) end += line[end] === '"' ? 2 : 1
      if (line[end] !== '"') return undefined
      fields.push(line.slice(at + 1, end).replaceAll('""', '"'))
      at = end + 1
    } else {
      const comma = line.indexOf(',', at)
      fields.push(line.slice(at, comma < 0 ? line.length : comma))
      at = comma < 0 ? line.length : comma
    }
    if (at === line.length) return fields
    if (line[at] !== ',') return undefined
    at++
  }
}
