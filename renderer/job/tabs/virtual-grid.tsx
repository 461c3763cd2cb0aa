/**
 * A table of any length: only rows in sight exist. Keyboard: arrows, PageUp/PageDown, Home/End move the current row; the
 * buttons of the current row can be tabbed to.
 */
/* biome-ignore-all lint/a11y/useSemanticElements: a <table> lays out by its rows, and most rows do not exist. */
/* biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its row by aria-activedescendant. */
import {
  type FocusEvent,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { ROW_PIXELS, useRowsInSight } from './use-rows-in-sight.ts'
import './virtual-grid.css'

export type GridColumn<Row> = {
  key: string
  title: string
  /** For screen readers only. */
  isTitleHidden?: boolean
  /** CSS grid track, e.g. `minmax(200px, 1fr)`. */
  width: string
  align?: 'right'
  /** Rows can be put in its order by a click on its title, or are. */
  sort?: { isBy: boolean; isReversed: boolean; onSort(): void }
  /** Left out beside the side bar of a small window, so that the columns that tell most are whole. */
  wantsRoom?: true
  /** Left out in a narrow window; a table with such columns fits there, the others scroll sideways. */
  wantsWidth?: true
  render(row: Row, isCurrent: boolean): ReactNode
}

type VirtualGridProps<Row> = {
  label: string
  columns: readonly GridColumn<Row>[]
  count: number
  /** Undefined while the row is being fetched. */
  rowAt(index: number): Row | undefined
  /** Identity of a row, so that rows inserted above do not move the one being read. */
  keyOf(row: Row): string | number
  /** Rows in sight, `end` exclusive: for lists that are fetched in pieces. */
  onSight?(start: number, end: number): void
  current?: number
  onCurrent?(index: number): void
  empty: ReactNode
}

export function VirtualGrid<Row>(props: VirtualGridProps<Row>) {
  const { label, count, rowAt, keyOf, onSight, empty } = props
  const isTight = useQuery(TIGHT_QUERY)
  const isNarrow = useQuery(NARROW_QUERY)
  const columns = props.columns.filter((column) => !(column.wantsRoom && isTight) && !(column.wantsWidth && isNarrow))
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [ownCurrent, setOwnCurrent] = useState(0)
  const current = Math.min(props.current ?? ownCurrent, count - 1)
  const { start, end, pageRows, bodyPixels, rowTop, ...way } = useRowsInSight(scroller, count, current)
  const setCurrent = props.onCurrent ?? setOwnCurrent
  useEffect(() => onSight?.(start, end), [onSight, start, end])
  useSteadyReading(way, count, rowAt, keyOf)
  const keptFocus = useFocusOfRow(scroller)

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return
    const target = KEY_MOVES[event.key]?.(current, pageRows)
    if (target === undefined) return
    event.preventDefault()
    const index = Math.max(0, Math.min(count - 1, target))
    setCurrent(index)
    way.bringIntoSight(index)
  }

  const template = { gridTemplateColumns: columns.map((column) => column.width).join(' ') }
  const rows = Array.from({ length: end - start }, (_, offset) => start + offset)
  return (
    <div
      ref={scroller}
      className="lh-grid"
      data-fits={columns.length < props.columns.length && isNarrow ? true : undefined}
      role="grid"
      aria-label={label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      aria-owns={`${id}-head ${id}-body`}
      aria-activedescendant={current >= start && current < end ? `${id}-${current}` : undefined}
      tabIndex={0}
      onScroll={way.look}
      onScrollEnd={way.settle}
      onKeyDown={onKeyDown}
      {...keptFocus}
    >
      {count === 0 ? (
        <div id={`${id}-body`} className="lh-grid-empty" role="row">
          <div role="gridcell">{empty}</div>
        </div>
      ) : (
        <div id={`${id}-body`} className="lh-grid-body" role="rowgroup" style={{ height: bodyPixels }}>
          {rows.map((index) => {
            const row = rowAt(index)
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard moves the current row on the grid itself
              <div
                // Rows that scroll out lend their elements to those that scroll in: no DOM is created.
                key={index % rows.length}
                id={`${id}-${index}`}
                className="lh-grid-row"
                role="row"
                aria-rowindex={index + 2}
                aria-selected={index === current}
                tabIndex={-1}
                style={{ ...template, top: rowTop(index) }}
                onClick={() => setCurrent(index)}
              >
                {columns.map((column) => (
                  <div key={column.key} role="gridcell" data-align={column.align}>
                    {row === undefined ? '' : column.render(row, index === current)}
                  </div>
                ))}
              </div>
            )
          })}
        </div>
      )}
      {/* After the rows, so that Tab comes to the buttons of the current row first; drawn and read above them. */}
      <div id={`${id}-head`} className="lh-grid-head" role="row" aria-rowindex={1} style={template}>
        {columns.map((column) => (
          <div key={column.key} role="columnheader" data-align={column.align} aria-sort={ariaSort(column.sort)}>
            {column.isTitleHidden ? (
              <span className="lh-spoken">{column.title}</span>
            ) : column.sort ? (
              <button type="button" className="lh-grid-sort" onClick={column.sort.onSort}>
                {column.title}
                <span aria-hidden="true" data-on={column.sort.isBy}>
                  {column.sort.isBy ? (column.sort.isReversed ? '▴' : '▾') : '⇅'}
                </span>
              </button>
            ) : (
              column.title
            )}
          </div>
        ))}
      </div>
    </div>
  )
}

const ariaSort = (sort: GridColumn<unknown>['sort']) =>
  sort && (sort.isBy ? (sort.isReversed ? 'ascending' : 'descending') : 'none')

/** Above it there is room for all; below it the side bar lies on top. */
const TIGHT_QUERY = window.matchMedia('(min-width: 721px) and (max-width: 1100px)')
const NARROW_QUERY = window.matchMedia('(max-width: 720px)')

function useQuery(query: MediaQueryList): boolean {
  const watch = useCallback(
    (listener: () => void) => {
      query.addEventListener('change', listener)
      return () => query.removeEventListener('change', listener)
    },
    [query],
  )
  return useSyncExternalStore(watch, () => query.matches)
}

const KEY_MOVES: Record<string, (index: number, pageRows: number) => number> = {
  ArrowUp: (index) => index - 1,
  ArrowDown: (index) => index + 1,
  PageUp: (index, pageRows) => index - pageRows,
  PageDown: (index, pageRows) => index + pageRows,
  Home: () => 0,
  End: () => Number.POSITIVE_INFINITY,
}

/** A row's button may go, as Retry does with the failure: the grid itself, on the same row, has the focus then. */
function useFocusOfRow(scroller: RefObject<HTMLDivElement | null>) {
  const last = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    if (!last.current || last.current.isConnected) return
    last.current = null
    if (document.activeElement === document.body) scroller.current?.focus({ preventScroll: true })
  })
  return {
    onFocus: ({ target }: FocusEvent<HTMLElement>) => {
      last.current = target
    },
    onBlur: ({ target }: FocusEvent<HTMLElement>) => {
      if (target.isConnected) last.current = null
    },
  }
}

/** When rows arrive above what is being read (newest first), scrolls along, so that the text stands still. */
function useSteadyReading<Row>(
  { look, goTo }: { look(): number; goTo(top: number): void },
  count: number,
  rowAt: (index: number) => Row | undefined,
  keyOf: (row: Row) => string | number,
): void {
  const before = useRef<{ key: string | number; count: number }>(undefined)
  useLayoutEffect(() => {
    const first = rowAt(0)
    const known = before.current
    before.current = first === undefined ? undefined : { key: keyOf(first), count }
    // Where it is scrolled to is asked last: the answer costs a layout.
    const top = !known || first === undefined || keyOf(first) === known.key ? 0 : look()
    if (!known || top === 0) return
    for (let index = 1; index <= Math.min(count - 1, 200); index++) {
      const row = rowAt(index)
      if (row === undefined || keyOf(row) !== known.key) continue
      goTo(top + index * ROW_PIXELS)
      return
    }
  })
}
