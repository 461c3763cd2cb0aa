/** A state as a word with a sign before it; the colour only repeats what both say. */
import {
  CheckOutlined,
  ClockCircleOutlined,
  CloseOutlined,
  DownloadOutlined,
  LoginOutlined,
  LogoutOutlined,
  MinusOutlined,
  PauseOutlined,
  SafetyCertificateOutlined,
} from '@ant-design/icons'
import type { ReactNode } from 'react'

const SIGNS = {
  waiting: { icon: <ClockCircleOutlined />, tone: 'lh-muted' },
  connecting: { icon: <LoginOutlined />, tone: 'lh-muted' },
  ready: { icon: <CheckOutlined />, tone: 'lh-muted' },
  active: { icon: <DownloadOutlined />, tone: 'lh-accent' },
  checking: { icon: <SafetyCertificateOutlined />, tone: 'lh-accent' },
  retiring: { icon: <LogoutOutlined />, tone: 'lh-healing' },
  resting: { icon: <PauseOutlined />, tone: 'lh-healing' },
  done: { icon: <CheckOutlined />, tone: 'lh-healthy' },
  failed: { icon: <CloseOutlined />, tone: 'lh-trouble' },
  closed: { icon: <MinusOutlined />, tone: 'lh-muted' },
} as const
export type Sign = keyof typeof SIGNS

export function StateSign({ sign, children }: { sign: Sign; children: ReactNode }) {
  const { icon, tone } = SIGNS[sign]
  return (
    <span className="lh-state">
      <span className={tone} aria-hidden="true">
        {icon}
      </span>
      <span>{children}</span>
    </span>
  )
}
