/** What a host gives the real engine. */
import type { Clock } from '../../engine/engine-ports.ts'
import type { Vault } from '../host/vault.ts'

export type RealEngineOptions = {
  workers: { dataPlaneUrl: URL; verifyUrl: URL }
  vault: Vault
  clock: Clock
  environment: NodeJS.ProcessEnv
  systemProxy?: ((url: string) => Promise<string>) | undefined
}
