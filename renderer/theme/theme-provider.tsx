import { App, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import { createContext, type ReactNode, useContext, useLayoutEffect, useMemo, useSyncExternalStore } from 'react'
import { useLanguage } from '../i18n/index.ts'
import { useSettings } from '../store/use-window-store.tsx'
import { antdTheme, COLORS, FONT_FAMILY, MONO_FAMILY, type ThemeName } from './theme-config.ts'
import './global.css'

export function ThemeProvider({ children }: { children: ReactNode }) {
  const name = useThemeInForce()
  const language = useLanguage()
  const config = useMemo(() => antdTheme(name), [name])
  useLayoutEffect(() => applyVariables(name), [name])
  return (
    <ThemeNameContext value={name}>
      <ConfigProvider
        theme={config}
        locale={language === 'zh' ? zhCN : enUS}
        button={{ autoInsertSpace: false }}
        wave={{ disabled: true }}
      >
        {/* `message`, `modal` and `notification` of App.useApp() follow theme and language. */}
        <App component={false}>{children}</App>
      </ConfigProvider>
    </ThemeNameContext>
  )
}

/** Charts drawn on a canvas need the theme by name: the same as all else on the page has, at any moment. */
const ThemeNameContext = createContext<ThemeName>('light')
export const useThemeName = (): ThemeName => useContext(ThemeNameContext)

/** The user's choice, or the system's. */
function useThemeInForce(): ThemeName {
  const chosen = useSettings().theme
  const systemIsDark = useSyncExternalStore(watchSystemTheme, () => DARK_QUERY.matches)
  return chosen === 'system' ? (systemIsDark ? 'dark' : 'light') : chosen
}

const DARK_QUERY = window.matchMedia('(prefers-color-scheme: dark)')
/**
 * Chromium reports a change of the system's theme when it draws; one that comes while it does not may never be
 * reported.
 */
const LOOK_MS = 1000
function watchSystemTheme(listener: () => void): () => void {
  DARK_QUERY.addEventListener('change', listener)
  const timer = setInterval(listener, LOOK_MS)
  return () => {
    DARK_QUERY.removeEventListener('change', listener)
    clearInterval(timer)
  }
}

/** Through the CSS object model, which a strict Content-Security-Policy allows where `style` attributes are refused. */
function applyVariables(name: ThemeName): void {
  const { style, dataset } = document.documentElement
  for (const [color, value] of Object.entries(COLORS[name])) style.setProperty(`--lh-${color}`, value)
  style.setProperty('--lh-font', FONT_FAMILY)
  style.setProperty('--lh-mono', MONO_FAMILY)
  style.colorScheme = name
  dataset.theme = name
}
