/** The live figures of the connections and of this machine, each at its place, always. */
import { WarningFilled } from '@ant-design/icons'
import { Popover } from 'antd'
import type { ReactNode } from 'react'
import { formatBytes } from '../../../shared/format-units.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { POOR_SUCCESS_RATE } from '../banner/choose-banners.ts'
import { popupContainer } from '../popup-container.ts'
import { fillText } from '../words/fill-sentence.ts'
import { formatMilliseconds, formatMillisecondsPair, UNKNOWN } from '../words/format-live.ts'
import { formatSuccessRate, hasSuccessRate } from '../words/success-rate.ts'
import { useJobWords } from '../words/use-job-words.ts'
import './status-strip.css'

export function StatusStrip({ snapshot }: { snapshot: MetricsSnapshot | undefined }) {
  const { strip } = useJobWords()
  const show = (value: (snapshot: MetricsSnapshot) => string): string => (snapshot ? value(snapshot) : UNKNOWN)
  // A paused job sends no requests: what was measured before is no live figure.
  const live = snapshot?.phase === 'paused' ? undefined : snapshot
  const showLive = (value: (snapshot: MetricsSnapshot) => string): string => (live ? value(live) : UNKNOWN)
  const isPoor = live !== undefined && hasSuccessRate(live) && live.successRate < POOR_SUCCESS_RATE
  const isLeaking = snapshot !== undefined && snapshot.connections.closeWait > 0
  return (
    <dl className="lh-strip" aria-label={strip.label}>
      <Figure
        name={strip.concurrency}
        title={strip.concurrencyTitle}
        value={show(({ concurrency, threads }) => `${live ? concurrency : 0}/${threads}`)}
        width={5}
      />
      <Figure
        name={strip.successRate}
        title={strip.successRateTitle}
        value={showLive(formatSuccessRate)}
        width={6}
        warns={isPoor}
      />
      <Figure
        name={strip.firstByte}
        title={strip.firstByteTitle}
        value={showLive(({ firstByteMsP50, firstByteMsP95 }) =>
          // No answer began in the last while: long parts on a slow line.
          firstByteMsP50 > 0 ? formatMillisecondsPair(firstByteMsP50, firstByteMsP95) : UNKNOWN,
        )}
        width={12}
      />
      <Figure name={strip.dns} value={showLive(({ dnsMs }) => formatMilliseconds(dnsMs))} width={5} />
      <Figure name={strip.memory} value={show(({ rssBytes }) => formatBytes(rssBytes))} width={6} />
      <Figure
        name={strip.delay}
        title={strip.delayTitle}
        value={showLive(({ delayMs }) => formatMilliseconds(delayMs))}
        width={5}
      />
      <Figure name={strip.diskWrite} value={showLive(({ diskWriteMs }) => formatMilliseconds(diskWriteMs))} width={5} />
      {/* The longest, and longer still with a warning: last, so that it does not push single figures to lines of their own. */}
      <Figure
        name={strip.connections}
        title={strip.connectionsTitle}
        value={show(({ connections }) => fillText(strip.connectionCounts, connections))}
        warns={isLeaking}
        note={isLeaking ? strip.leak : undefined}
      />
    </dl>
  )
}

type FigureProps = {
  name: string
  title?: string
  value: string
  /** In characters, of the widest value; the strip must not shift when a figure gains a digit. */
  width?: number
  warns?: boolean
  note?: ReactNode
}

function Figure({ name, title, value, width, warns = false, note }: FigureProps) {
  return (
    <div className={warns ? 'lh-healing' : undefined}>
      <dt>{title ? <Explained name={name} explanation={title} /> : name}</dt>
      <dd style={width === undefined ? undefined : { minWidth: `${width}ch` }}>
        {warns && <WarningFilled aria-hidden="true" />} {value}
        {note && <> {note}</>}
      </dd>
    </div>
  )
}

/** The name says on a click what its figure means; a mouse resting on it is not needed. */
function Explained({ name, explanation }: { name: string; explanation: string }) {
  return (
    <Popover
      trigger="click"
      content={<p className="lh-strip-explanation">{explanation}</p>}
      destroyOnHidden
      getPopupContainer={popupContainer}
    >
      <button type="button" className="lh-strip-name">
        {name}
      </button>
    </Popover>
  )
}
