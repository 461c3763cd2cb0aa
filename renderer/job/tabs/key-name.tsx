/** A key cut in its middle where it does not fit: see cut-key.ts. Read out it is one. */
import { cutKey } from './cut-key.ts'

export function KeyName({ text, title }: { text: string; title: string }) {
  const { head, tail } = cutKey(text)
  const isCut = head !== '' || undefined
  return (
    <span className="lh-key-name" title={title}>
      {isCut && <span className="lh-spoken">{text}</span>}
      {isCut && <span aria-hidden="true">{head}</span>}
      <span aria-hidden={isCut}>
        <bdi dir="ltr">{tail}</bdi>
      </span>
    </span>
  )
}
