/** Where the window is, kept in the address's hash: it survives a reload, and the browser's back button works. */
import { useSyncExternalStore } from 'react'

export type Route =
  | { page: 'new' }
  | { page: 'job'; jobId: string }
  | { page: 'diagnosis' }
  | { page: 'logs' }
  | { page: 'settings' }

export function parseRoute(hash: string): Route {
  const [, page = '', id = ''] = /^#\/([a-z]+)(?:\/([^/]+))?$/.exec(hash) ?? []
  if (page === 'job' && id) return { page, jobId: decode(id) }
  if (page === 'settings' || page === 'diagnosis' || page === 'logs') return { page }
  return { page: 'new' }
}

export function routeHash(route: Route): string {
  return route.page === 'job' ? `#/job/${encodeURIComponent(route.jobId)}` : `#/${route.page}`
}

export function goTo(route: Route): void {
  window.location.hash = routeHash(route)
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(watchHash, () => window.location.hash)
  return parseRoute(hash)
}

function watchHash(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
