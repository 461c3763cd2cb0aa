/** The one table of flags. DESIGN 3 fixes names and meanings: fields may be added, never renamed. */

export type Flag = {
  /** Without dashes, as typed. */
  name: string
  /** Placeholder of the value; absent for switches. */
  value?: string
  isRepeatable?: true
  help: string
}

const CONNECTION_FLAGS: Flag[] = [
  { name: 'endpoint-url', value: 'URL', help: 'address of an S3-compatible server' },
  { name: 'region', value: 'R', help: 'region of the bucket (found by itself when omitted)' },
  { name: 'path-style', help: 'ask as HOST/BUCKET/KEY' },
  { name: 'virtual-hosted', help: 'ask as BUCKET.HOST/KEY' },
  { name: 'no-sign-request', help: 'anonymous access: sign nothing, need no credentials' },
  { name: 'profile', value: 'NAME', help: 'profile of ~/.aws' },
  {
    name: 'request-payer',
    value: 'requester',
    help: 'agree to pay for requests and traffic, where the bucket asks for it',
  },
  { name: 'dns-server', value: 'ADDR[:PORT]', help: "DNS server to ask instead of the system's" },
  { name: 'resolve', value: 'HOST:ADDR[,ADDR...]', isRepeatable: true, help: 'fixed addresses of a host' },
  { name: 'proxy', value: 'URL|system|none', help: 'HTTP(S) or SOCKS5 proxy (default: system)' },
  { name: 'ca-file', value: 'PEM', help: 'extra certificate authorities' },
]

const GLOB_FLAGS: Flag[] = [
  { name: 'include', value: 'GLOB', isRepeatable: true, help: 'fetch only keys that match, below the prefix' },
  { name: 'exclude', value: 'GLOB', isRepeatable: true, help: 'leave out keys that match, below the prefix' },
]

export const JSON_FLAG: Flag = { name: 'json', help: 'newline-delimited JSON on stdout, nothing else there' }

export const GET_FLAGS: Flag[] = [
  ...CONNECTION_FLAGS,
  { name: 'threads', value: 'N|auto', help: 'at most so many connections (default: 16)' },
  { name: 'part-size', value: 'BYTES|auto', help: 'bytes per request (default: auto)' },
  ...GLOB_FLAGS,
  { name: 'dry-run', help: 'list what would be fetched, with count and total size' },
  {
    name: 'verify',
    value: 'off|etag|checksum|reread',
    help: 'how to check what has arrived (default: etag); reread: what is there already too',
  },
  { name: 'limit-rate', value: 'BYTES', help: 'at most so many bytes per second, e.g. 20MiB' },
  { name: 'time-window', value: 'HH:MM-HH:MM', help: 'run only between these local times, e.g. 22:00-07:00' },
  { name: 'policy', value: 'FILE.json', help: 'constants of steadiness, any of them, e.g. {"stallSeconds": 8}' },
  {
    name: 'log-dir',
    value: 'DIR',
    help: 'folder of download_errors.log and performance.ndjson (default: DEST/.longhaul)',
  },
  JSON_FLAG,
]

export const LS_FLAGS: Flag[] = [...CONNECTION_FLAGS, JSON_FLAG]

export const DOCTOR_FLAGS: Flag[] = [
  ...CONNECTION_FLAGS,
  { name: 'folder', value: 'DIR', help: 'where downloads go; its disk is tried (default: the working folder)' },
  { name: 'limit-rate', value: 'BYTES', help: 'fetch at most so many bytes per second, e.g. 2MiB' },
  {
    name: 'out',
    value: 'FILE',
    help: 'write the report there too: diagnostics.txt in both languages, with --json as JSON',
  },
  JSON_FLAG,
]

export const ANALYZE_LOG_FLAGS: Flag[] = [JSON_FLAG]

export const WEB_FLAGS: Flag[] = [
  { name: 'port', value: 'N', help: 'port to listen on (default: 7433, or any free one)' },
  { name: 'host', value: 'ADDR', help: 'address to listen on (default: 127.0.0.1)' },
  { name: 'no-open', help: 'print the address, do not open a browser' },
]

export const DEMO_FLAGS: Flag[] = [{ name: 'size', value: 'BYTES', help: 'how much to download (default: 1GiB)' }]

export const environmentNameOf = (flag: Flag): string => `LONGHAUL_${flag.name.replaceAll('-', '_').toUpperCase()}`
