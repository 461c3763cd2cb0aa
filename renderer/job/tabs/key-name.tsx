/** A key cut in its middle where it does not fit: keys of one prefix differ at their end, and the end says the date. */
const TAIL_CHARACTERS = 24

export function KeyName({ text, title }: { text: string; title: string }) {
  const cut = Math.max(0, text.length - TAIL_CHARACTERS)
  return (
    <span className="lh-key-name" title={title}>
      <span>{text.slice(0, cut)}</span>
      <span>{text.slice(cut)}</span>
    </span>
  )
}
