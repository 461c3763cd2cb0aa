/**
 * A key cut in its middle where it does not fit: keys of one prefix differ at their end. As long as what tells files of
 * the ERA5 archive apart, parameter and date: `128_130_t.ll025sc.2025100100_2025100123.nc`.
 */
const TAIL_CHARACTERS = 42

export function KeyName({ text, title }: { text: string; title: string }) {
  const cut = Math.max(0, text.length - TAIL_CHARACTERS)
  return (
    <span className="lh-key-name" title={title}>
      <span>{text.slice(0, cut)}</span>
      <span>
        <bdi dir="ltr">{text.slice(cut)}</bdi>
      </span>
    </span>
  )
}
