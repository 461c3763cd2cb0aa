import './client/zod-without-eval.ts'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { LonghaulApp } from './app.tsx'
import { createDesktopClient } from './client/desktop-client.ts'
import { createWebClient, takeToken } from './client/web-client.ts'
import { createWindowStore } from './store/window-store.ts'

const client = window.longhaul
  ? createDesktopClient(window.longhaul)
  : createWebClient({
      fetch: window.fetch.bind(window),
      token: takeToken(window.location, window.history, window.sessionStorage),
    })
const store = createWindowStore(client)
void store.refresh()

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <LonghaulApp client={client} store={store} />
  </StrictMode>,
)
