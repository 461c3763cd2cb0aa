// Before all others: what it asks is answered while they are read and run.
import './first-questions.ts'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { LonghaulApp } from './app.tsx'
import { client, firstReading, store } from './first-questions.ts'

/** A program that has not answered by then is seen to be waited for. */
const LOADING_PAGE_AFTER_MS = 300

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
await Promise.race([firstReading, new Promise((resolve) => setTimeout(resolve, LOADING_PAGE_AFTER_MS))])
createRoot(root).render(
  <StrictMode>
    <LonghaulApp client={client} store={store} />
  </StrictMode>,
)
