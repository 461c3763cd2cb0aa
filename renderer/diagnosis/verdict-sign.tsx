import {
  CheckCircleFilled,
  ClockCircleOutlined,
  CloseCircleFilled,
  QuestionCircleOutlined,
  WarningFilled,
} from '@ant-design/icons'
import type { ReactNode } from 'react'
import type { CheckVerdict } from '../../shared/diagnosis.ts'

/** A verdict's word with its icon; the colour only repeats them. */
export function VerdictSign({ verdict, children }: { verdict: CheckVerdict | 'pending'; children: ReactNode }) {
  return (
    <span className={`lh-check-verdict lh-check-verdict-${verdict}`}>
      <span aria-hidden="true">{ICONS[verdict]}</span> {children}
    </span>
  )
}

const ICONS: Record<CheckVerdict | 'pending', ReactNode> = {
  ok: <CheckCircleFilled />,
  notice: <WarningFilled />,
  bad: <CloseCircleFilled />,
  unknown: <QuestionCircleOutlined />,
  pending: <ClockCircleOutlined />,
}
