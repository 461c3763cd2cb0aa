/**
 * Requests everything the window begins with before React and the pages are loaded: the answers arrive meanwhile, and
 * the first paint is the form itself, in the chosen language and theme.
 */
import './client/zod-without-eval.ts'
import { createDesktopClient } from './client/desktop-client.ts'
import { createWebClient, takeToken } from './client/web-client.ts'
import { createWindowStore } from './store/window-store.ts'

export const client = window.longhaul
  ? createDesktopClient(window.longhaul)
  : createWebClient({
      fetch: window.fetch.bind(window),
      token: takeToken(window.location, window.history, window.sessionStorage),
    })
export const store = createWindowStore(client)
export const firstReading = store.refresh()
