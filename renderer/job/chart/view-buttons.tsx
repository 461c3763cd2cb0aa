/** Buttons for what the wheel and the keys do, for touch screens and mice without a wheel. */
import { LeftOutlined, MinusOutlined, PlusOutlined, RightOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useJobWords } from '../words/use-job-words.ts'
import type { ChartView } from './use-chart-view.ts'

export function ViewButtons({ view: { span, handlers } }: { view: ChartView }) {
  const { chart } = useJobWords()
  const width = span.to - span.from
  const centre = (span.from + span.to) / 2
  const buttons = [
    { name: chart.earlier, Icon: LeftOutlined, press: () => handlers.onPan(-width / 2) },
    { name: chart.zoomOut, Icon: MinusOutlined, press: () => handlers.onZoom(2, centre) },
    { name: chart.zoomIn, Icon: PlusOutlined, press: () => handlers.onZoom(0.5, centre) },
    { name: chart.later, Icon: RightOutlined, press: () => handlers.onPan(width / 2) },
  ]
  return (
    <div className="lh-view-buttons">
      {buttons.map(({ name, Icon, press }) => (
        <Button
          key={name}
          type="text"
          size="small"
          aria-label={name}
          title={name}
          icon={<Icon aria-hidden="true" />}
          onClick={press}
        />
      ))}
    </div>
  )
}
