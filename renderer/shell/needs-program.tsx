import { ConfigProvider } from 'antd'
import type { ReactNode } from 'react'
import { useHostState } from '../client/use-client.tsx'
import { useTranslation } from '../i18n/index.ts'
import { useKeptFocus } from './use-kept-focus.ts'
import './host-banner.css'

type NeedsProgramProps = {
  className?: string
  /** Whatever else has to be so: antd's buttons in here must not be told `disabled` themselves. */
  isReady?: boolean
  children: ReactNode
}

/** Disables buttons that need the program while it cannot be reached, and says why. */
export function NeedsProgram({ className = 'lh-contents', isReady = true, children }: NeedsProgramProps) {
  const { t } = useTranslation()
  const isOut = useHostState() !== 'connected'
  const keptFocus = useKeptFocus()
  return (
    <div {...keptFocus} className={className} title={isOut ? t('shell.needsProgram') : undefined}>
      <ConfigProvider componentDisabled={isOut || !isReady}>{children}</ConfigProvider>
    </div>
  )
}
