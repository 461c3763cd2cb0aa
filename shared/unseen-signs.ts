/**
 * Signs that nobody sees but that do something: DEL and C1 controls move a terminal's cursor, U+0085, U+2028 and U+2029
 * end a line for some readers, the others turn the direction of text (Unicode, "Bidirectional Character Types"). C0
 * controls are not among them: JSON escapes those, and some texts have line feeds.
 */
export const UNSEEN_SIGNS = '\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069'

const UNSEEN = new RegExp(`[${UNSEEN_SIGNS}]`, 'g')

/** As JSON escapes what it escapes itself. */
export const escapeUnseen = (text: string): string =>
  text.replace(UNSEEN, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
