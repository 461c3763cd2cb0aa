/** The whole window: providers, frame, and the page that the route names. */
import { lazy, Suspense, useEffect, useLayoutEffect, useRef } from 'react'
import type { WindowClient } from './client/parsed-client.ts'
import { ClientProvider } from './client/use-client.tsx'
import { readDraft } from './form/draft/draft-storage.ts'
import { draftTarget } from './form/draft/draft-target.ts'
import { NewDownloadPage } from './form/new-download-page.tsx'
import { applyLanguage, chooseLanguage } from './i18n/index.ts'
import { DamagedJobs } from './shell/damaged-jobs.tsx'
import { focusMainIfLost } from './shell/focus-main.ts'
import { Header } from './shell/header.tsx'
import { HostBanner } from './shell/host-banner.tsx'
import { PageBoundary } from './shell/page-boundary.tsx'
import { ResumeOffer } from './shell/resume-offer.tsx'
import { type Route, routeHash, useRoute } from './shell/route.ts'
import { SideBar } from './shell/side-bar.tsx'
import { LoadingPage, StartFailedPage } from './shell/start-pages.tsx'
import { useTabInDialog } from './shell/use-tab-in-dialog.ts'
import { StoreProvider, useAppInfo, useSettings, useWindowState } from './store/use-window-store.tsx'
import type { WindowStore } from './store/window-store.ts'
import { ThemeProvider } from './theme/theme-provider.tsx'
import './app.css'

// The job page brings the chart library, the settings page its
// table: neither is needed for the first sight of the form.
const loadJobPage = () => import('./job/job-page.tsx')
const loadDiagnosisPage = () => import('./diagnosis/diagnosis-page.tsx')
const loadLogsPage = () => import('./logs/logs-page.tsx')
const loadSettingsPage = () => import('./settings/settings-page.tsx')
const JobPage = lazy(async () => ({ default: (await loadJobPage()).JobPage }))
const DiagnosisPage = lazy(async () => ({ default: (await loadDiagnosisPage()).DiagnosisPage }))
const LogsPage = lazy(async () => ({ default: (await loadLogsPage()).LogsPage }))
const SettingsPage = lazy(async () => ({ default: (await loadSettingsPage()).SettingsPage }))

/** By then the form stands. A page that is loaded opens at once, and while the program is away. */
const LOAD_OTHER_PAGES_AFTER_MS = 3000

export function LonghaulApp({ client, store }: { client: WindowClient; store: WindowStore }) {
  return (
    <ClientProvider client={client}>
      <StoreProvider store={store}>
        <LanguageKeeper />
        <ThemeProvider>
          <Frame />
        </ThemeProvider>
      </StoreProvider>
    </ClientProvider>
  )
}

function LanguageKeeper() {
  const chosen = useSettings().language
  const system = useAppInfo()?.systemLanguage
  useLayoutEffect(() => applyLanguage(chooseLanguage(chosen, system)), [chosen, system])
  return null
}

function Frame() {
  const status = useWindowState((state) => state.status)
  const route = useRoute()
  const hasJobs = useWindowState((state) => Object.keys(state.jobs).length > 0)
  // At the first start the form is the whole window.
  const showSideBar = status === 'ready' && (hasJobs || route.page !== 'new')
  useFocusOnPage(routeHash(route))
  useTabInDialog()
  useEffect(() => {
    const timer = setTimeout(loadOtherPages, LOAD_OTHER_PAGES_AFTER_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className="lh-frame">
      <Header />
      <HostBanner />
      {status === 'ready' && <ResumeOffer />}
      {status === 'ready' && <DamagedJobs />}
      <div className="lh-body">
        {showSideBar && <SideBar />}
        <main className="lh-main" id="lh-main" tabIndex={-1}>
          {status === 'loading' && <LoadingPage />}
          {status === 'failed' && <StartFailedPage />}
          {status === 'ready' && (
            <PageBoundary key={routeHash(route)}>
              <Suspense fallback={<LoadingPage />}>
                <Page route={route} />
              </Suspense>
            </PageBoundary>
          )}
        </main>
      </div>
    </div>
  )
}

function loadOtherPages(): void {
  // Whoever goes to one that could not be had is told.
  for (const load of [loadJobPage, loadDiagnosisPage, loadLogsPage, loadSettingsPage]) load().catch(() => {})
}

/**
 * The button that led to a page is often gone with the page
 * before: the keyboard goes on in the new one, not at the top.
 */
function useFocusOnPage(page: string): void {
  const known = useRef(page)
  useEffect(() => {
    if (known.current === page) return
    known.current = page
    focusMainIfLost()
  }, [page])
}

/** The form is not on the screen beside another page: what it holds stands in the tab's storage. */
function formTarget() {
  const draft = readDraft(window.sessionStorage)
  return draft && draftTarget(draft)
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case 'new':
      return <NewDownloadPage />
    case 'job':
      return <JobPage key={route.jobId} jobId={route.jobId} />
    case 'diagnosis':
      return <DiagnosisPage form={formTarget()} />
    case 'logs':
      return <LogsPage />
    case 'settings':
      return <SettingsPage />
  }
}
