/**
 * The one judge of a proxy's address: for the settings page, the command line and whatever else fills in a job. Pure.
 */

/**
 * `http://host:port`, `https://` or `socks5://`, perhaps with
 * `user:password@`; it has no path, which a proxy would not see.
 */
export const isProxyUrl = (text: string): boolean =>
  /^(?:https?|socks5h?):\/\/[^/\\?#\s]+\/?$/i.test(text) && URL.canParse(text)
