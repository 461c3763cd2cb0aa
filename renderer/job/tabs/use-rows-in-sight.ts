/** Which rows of a scroller are in sight, and the way to others, however many there are. */
import { type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { type Extent, elementPixels, followScroll, type Place, placeOf } from './tall-scroll.ts'

/** Rows have one height, so that a row's place is its number times that. The head lies over the first of them. */
export const ROW_PIXELS = 26
/** Rows drawn beyond the edges, so that scrolling does not show blanks. */
const OVERSCAN = 8

/** `current`: the row that is looked at stays in sight when the room becomes less. */
export function useRowsInSight(scroller: RefObject<HTMLDivElement | null>, count: number, current: number) {
  const [sight, setSight] = useState({ first: 0, rows: 0, shift: 0 })
  const place = useRef<Place>({ scrollTop: 0, shift: 0 })
  const height = count * ROW_PIXELS
  const newest = useRef({ height, current })
  newest.current = { height, current }

  const way = useMemo(() => {
    const extentOf = ({ clientHeight }: HTMLElement): Extent => ({
      height: newest.current.height,
      room: clientHeight - ROW_PIXELS,
    })
    function show(element: HTMLElement, { scrollTop, shift }: Place): void {
      place.current = { scrollTop, shift }
      const first = Math.floor((scrollTop + shift) / ROW_PIXELS)
      const rows = Math.ceil(element.clientHeight / ROW_PIXELS)
      setSight((known) =>
        known.first === first && known.rows === rows && known.shift === shift ? known : { first, rows, shift },
      )
    }
    /** Where it is, in pixels of the list: what the scroller has not yet told of is asked for. */
    function look(): number {
      const element = scroller.current
      if (!element) return 0
      show(element, followScroll(place.current, element.scrollTop, extentOf(element)))
      return place.current.scrollTop + place.current.shift
    }
    function goTo(top: number): void {
      const element = scroller.current
      if (!element) return
      const wanted = placeOf(top, extentOf(element))
      if (wanted.scrollTop !== element.scrollTop) element.scrollTop = wanted.scrollTop
      show(element, { ...wanted, scrollTop: element.scrollTop })
    }
    return {
      look,
      goTo,
      /** At rest: the bar is put where it belongs. Rows and bar move in one frame, or the text would be seen to jump. */
      settle: () => flushSync(() => goTo(look())),
      bringIntoSight(row: number): void {
        const element = scroller.current
        if (!element) return
        const { room } = extentOf(element)
        const top = row * ROW_PIXELS
        const now = look()
        if (top < now) goTo(top)
        else if (top + ROW_PIXELS > now + room) goTo(top + ROW_PIXELS - room)
      },
    }
  }, [scroller])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a longer list has another place for what is in sight
  useLayoutEffect(() => way.goTo(way.look()), [way, height])
  useLayoutEffect(() => {
    if (!scroller.current) return
    let room = 0
    const observer = new ResizeObserver(([entry]) => {
      const before = room
      room = (entry?.contentRect.height ?? 0) - ROW_PIXELS
      const below = newest.current.current * ROW_PIXELS - way.look()
      if (below >= 0 && below < before) way.bringIntoSight(newest.current.current)
    })
    observer.observe(scroller.current)
    return () => observer.disconnect()
  }, [scroller, way])
  return {
    ...way,
    start: Math.max(0, Math.min(sight.first - OVERSCAN, count - sight.rows)),
    end: Math.min(count, sight.first + sight.rows + OVERSCAN),
    pageRows: Math.max(1, sight.rows - 2),
    bodyPixels: elementPixels({ height, room: 0 }),
    rowTop: (row: number): number => row * ROW_PIXELS - sight.shift,
  }
}
