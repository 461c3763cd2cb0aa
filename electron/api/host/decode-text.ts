/**
 * A text file of the user's, as Windows writes it too: PowerShell's
 * `>` makes UTF-16, and editors put a mark in front. Pure.
 */
export function decodeText(bytes: Uint8Array): string {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe
  // The decoder takes the mark away.
  return new TextDecoder(isWide ? 'utf-16le' : 'utf-8').decode(bytes)
}
