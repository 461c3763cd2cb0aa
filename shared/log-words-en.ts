import type { LogWords } from './log-words-zh.ts'

export const logWordsEn: LogWords = {
  causes: {
    throttling: {
      name: 'S3 throttles',
      says: '{count} of {errors} {errors|error|errors} {count|is|are} 503 Slow Down or 429.',
      cure: 'Use fewer threads; Longhaul limits its rate per prefix and lifts the limit again. With older tools: limit the request rate, spread over prefixes.',
    },
    'line-cuts': {
      name: 'The line was cut',
      says: '{count} errors of several kinds crowd into {bursts} short {bursts|time|times}; the largest began at {from} and took {seconds}.',
      cure: "Look at Wi-Fi, VPN, router and provider; compare these times with the router's log.",
    },
    'periodic-cuts': {
      name: 'Connections are cut by a timer',
      says: 'Network errors crowd together every {period}, {bursts} times.',
      cure: 'Most likely a timer of a NAT, VPN or firewall: set the greatest age of a connection (connectionMaxAgeSeconds, in Settings → Policy) below this interval, or change that device.',
    },
    'one-address': {
      name: 'One address is bad',
      says: '{count} of {all} network {all|error|errors} {count|is|are} of {address} ({addresses} {addresses|address|addresses} in all).',
      cure: 'Longhaul puts bad addresses aside; with older tools clear the DNS cache or ask another DNS server.',
    },
    resets: {
      name: 'Connections break off',
      says: '{count} of {errors} {errors|error|errors} {count|is a connection that was reset or closed too early|are connections that were reset or closed too early}.',
      cure: 'Resuming is enough; if it happens often, look at VPN, proxy and firewall, and replace connections earlier.',
    },
    stalls: {
      name: 'Connections stall',
      says: '{count} of {errors} {errors|error|errors} {count|is a read timeout, a stall or a connection far too slow|are read timeouts, stalls or connections far too slow}.',
      cure: 'Most likely ageing connections or a NAT timeout: replace what stalls, do not wait for it; see whether the line is full.',
    },
    unreachable: {
      name: 'The server cannot be reached',
      says: '{count} of {errors} {errors|error|errors} {count|is a refused or timed-out connection|are refused or timed-out connections}.',
      cure: 'Look at network, proxy and firewall; too many threads do this as well: use fewer.',
    },
    dns: {
      name: 'DNS fails',
      says: '{count} of {errors} {errors|error|errors} {count|is a failed look-up|are failed look-ups}.',
      cure: 'Ask another DNS server (Settings, Network; or --dns-server); Longhaul keeps addresses and refreshes them ahead.',
    },
    tls: {
      name: 'No secure connection',
      says: '{count} of {errors} {errors|error|errors} {count|is a refused certificate or handshake|are refused certificates or handshakes}.',
      cure: "See whether this machine's clock is right; where the network inspects TLS, name its CA file.",
    },
    proxy: {
      name: 'The proxy refuses',
      says: '{count} of {errors} {errors|error|errors} {count|comes|come} from the proxy.',
      cure: "Look at the proxy's address and account, or do without it.",
    },
    'server-errors': {
      name: 'The server fails',
      says: '{count} of {errors} {errors|error|errors} {count|is a 5xx answer|are 5xx answers}.',
      cure: 'They usually pass; if not, use fewer threads and look at the status of the service.',
    },
    credentials: {
      name: 'Credentials do not work',
      says: '{count} {count|error|errors}: credentials missing, expired or badly signed.',
      cure: 'Log in again or renew the keys; use anonymous access for public data.',
    },
    denied: {
      name: 'Access denied',
      says: '{count} {count|error is a 403 answer|errors are 403 answers}.',
      cure: 'Use an account that may read, or ask the owner of the bucket.',
    },
    'clock-skew': {
      name: 'The clock is wrong',
      says: '{count} {count|request was|requests were} refused for their time.',
      cure: 'Let the system set its clock, then try again.',
    },
    missing: {
      name: 'Objects are not there',
      says: '{count} of {errors} {errors|error|errors}: no such object or bucket.',
      cure: 'See whether the prefix is right; objects may have been deleted after they were listed.',
    },
    changed: {
      name: 'Objects changed',
      says: '{count} of {errors} {errors|error|errors} {count|is an object that changed|are objects that changed} on the way.',
      cure: 'The archive is being updated: download later; Longhaul fetches these objects anew.',
    },
    corrupt: {
      name: 'Checksums do not match',
      says: '{count} {count|error|errors}: bytes that do not match their checksum.',
      cure: 'Fetch once more; if it happens again, test memory and disk, and look at proxies on the way.',
    },
    'disk-full': {
      name: 'The disk is full',
      says: '{count} {count|error|errors}: no space left.',
      cure: 'Make room or use another disk, then resume.',
    },
    disk: {
      name: 'The disk refuses',
      says: '{count} {count|error comes|errors come} from the file system.',
      cure: 'Look at permissions, virus scanner, network drive and the health of the disk.',
    },
    'pool-full': {
      name: 'The connection pool is too small',
      says: 'urllib3 threw {count} {count|connection|connections} away (Connection pool is full).',
      cure: 'In the older tool: max_pool_connections no smaller than the number of threads; or each request shakes hands anew.',
    },
    'too-many-files': {
      name: 'Connections or files are never closed',
      says: '{count} {count|error|errors}: too many open files.',
      cure: 'In the older tool: close each answer (finally, or with); starting again helps for a while.',
    },
    'pool-leak': {
      name: 'Connections leak',
      says: '{closeWait} {closeWait|connection|connections} stood in CLOSE_WAIT; it must be 0.',
      cure: 'Answers are not closed: use a newer version; starting again helps for a while.',
    },
    'speed-decay': {
      name: 'The speed decays',
      says: 'In {hours} it fell from {firstBytesPerSecond} to {lastBytesPerSecond}: {ratio} are left.',
      cure: 'Compare with errors and decision log of the same time; run a diagnosis while it is slow.',
    },
    'memory-growth': {
      name: 'Memory grows',
      says: 'Memory grows by {rssBytesPerHour} an hour.',
      cure: 'Send us the report; after a new start the download resumes.',
    },
    'other-failures': {
      name: 'Other errors',
      says: '{count} of {errors} {errors|error|errors} {count|is|are} of no kind above.',
      cure: 'See the groups by class.',
    },
  },
  report: {
    summary:
      '{bytes}, {lines} {lines|line|lines}, {errors} {errors|error|errors}, {samples} performance {samples|sample|samples}.',
    range: '{from} to {to}',
    nothing: 'No error and no performance sample was recognised: is it the log of a download?',
    empty: 'The log is empty: no error was written to it.',
    clean: 'No problem was found.',
    findings: 'Likely causes',
    cure: 'Cure: {cure}',
    classes: 'By class',
    addresses: 'By address',
    prefixes: 'By prefix',
    actions: 'What was done',
    hours: 'By hour',
    bursts: 'Bursts',
    burst: '{from}: {count} in {seconds}',
    period: 'They come every {period}, {bursts} times.',
    performance: 'Speed: {firstBytesPerSecond} at first, {lastBytesPerSecond} at last, over {hours}',
    rest: '{others} more {others|group|groups}',
  },
}
