import { Button } from 'antd'
import { Component, type ReactNode } from 'react'
import { i18next } from '../i18n/index.ts'
import './start-pages.css'

type State = { error: unknown; failed: boolean }

/** A bug on one page must not take the window with it: downloads go on, the other pages stay usable. */
export class PageBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: undefined, failed: false }

  static getDerivedStateFromError(error: unknown): State {
    return { error, failed: true }
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children
    const { error } = this.state
    return (
      <div className="lh-start-page" role="alert">
        <h1 className="lh-start-title">{i18next.t('shell.crashed')}</h1>
        <p>{i18next.t('shell.crashedDetail')}</p>
        <p className="lh-mono lh-muted lh-breakable">{error instanceof Error ? error.message : String(error)}</p>
        <Button onClick={() => this.setState({ error: undefined, failed: false })}>{i18next.t('shell.again')}</Button>
      </div>
    )
  }
}
