/** Cuts a stream of text into its whole lines; an unfinished line waits for its rest. Empty lines are dropped. */
export function createLineSplitter(): (text: string) => string[] {
  let rest = ''
  return (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    return lines.filter((line) => line.trim() !== '')
  }
}
