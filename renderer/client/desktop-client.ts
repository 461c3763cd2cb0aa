/**
 * The contract over the preload script's bridge. The program lives as long as the window, so it can always be reached.
 */
import { createParsedContract, type Transport, type WindowClient } from './parsed-client.ts'

declare global {
  interface Window {
    /** Set by electron/desktop/preload.ts; absent in a browser. */
    readonly longhaul?: Transport
  }
}

export function createDesktopClient(bridge: Transport): WindowClient {
  return {
    ...createParsedContract(bridge),
    hostState: () => 'connected',
    watchHostState: () => () => {},
    close: () => {},
  }
}
