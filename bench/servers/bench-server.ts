/** What a client needs to know of the server. */
export type BenchServer = {
  /** As it stands in the report. */
  name: string
  url: Record<Scheme, string>
  /** PEM of the authority behind the TLS address. */
  caFile: string
  close(): Promise<void>
}

export type Scheme = 'http' | 'tls'

export const BUCKET = 'bench'

/** Where the server finds its files. */
export type ServerFolders = {
  /** Holds `BUCKET/KEY`. */
  objects: string
  /** Holds `PREFIX-PAGE.xml`. */
  listings: string
  /** For the server's own files. */
  own: string
}
