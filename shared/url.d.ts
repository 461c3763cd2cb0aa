/**
 * The one web standard that every runtime has and the ES library
 * does not declare. Only shared/tsconfig.json reads this.
 */
declare class URL {
  constructor(url: string, base?: string)
  static canParse(url: string, base?: string): boolean
  readonly origin: string
  readonly protocol: string
  readonly host: string
  readonly hostname: string
  readonly port: string
  readonly pathname: string
  readonly hash: string
  readonly searchParams: { get(name: string): string | null }
}
