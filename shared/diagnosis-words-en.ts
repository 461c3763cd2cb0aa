/**
 * The diagnosis in English. `{{name}}` is a measured number or a threshold,
 * by its own name; `{{name|one|many}}` the word that goes with it.
 */
import type { DiagnosisWords } from './diagnosis-words-zh.ts'

export const diagnosisWordsEn: DiagnosisWords = {
  checks: {
    sockets: {
      name: 'Connections (ESTABLISHED)',
      threshold: 'healthy {{healthyFrom}}-{{healthyTo}}; above {{leakAbove}} is a leak',
    },
    'close-wait': { name: 'CLOSE_WAIT sockets', threshold: 'must be {{notice}}' },
    throttling: { name: 'Throttling (503 / 429)', threshold: 'success rate at least {{least}}' },
    addresses: { name: 'Addresses of the service', threshold: '' },
    'dns-system': { name: 'DNS of the system', threshold: 'slow above {{notice}}, bad above {{bad}}' },
    'dns-server': { name: 'DNS server asked directly', threshold: 'slow above {{notice}}, bad above {{bad}}' },
    bucket: { name: 'Listing the bucket', threshold: 'slow above {{notice}}, unhealthy above {{bad}}' },
    head: { name: 'HEAD latency', threshold: 'slow above {{notice}}, unhealthy above {{bad}}' },
    'first-byte': { name: 'Time to first byte', threshold: 'slow above {{notice}}, unhealthy above {{bad}}' },
    'single-speed': { name: 'Speed of one connection', threshold: 'at least {{least}}' },
    'parallel-speed': { name: 'Speed of many connections', threshold: 'at least {{least}}' },
    'clock-skew': { name: 'Clock skew', threshold: 'large above {{notice}}, refused by S3 above {{bad}}' },
    proxy: { name: 'Proxy', threshold: '' },
    vpn: { name: 'VPN / tunnel', threshold: '' },
    mtu: { name: 'MTU', threshold: 'at least {{full}}; bad below {{least}}' },
    'other-traffic': { name: 'Traffic of other programs', threshold: 'at most {{notice}}' },
    'disk-speed': { name: 'Disk write speed', threshold: 'at least {{notice}}; bad below {{bad}}' },
    'disk-latency': { name: 'Disk write latency', threshold: 'busy above {{notice}}, bad above {{bad}}' },
    'free-space': { name: 'Free space', threshold: 'at least {{notice}}; bad below {{bad}}' },
    memory: { name: 'Memory in use', threshold: 'high above {{notice}}, bad above {{bad}}' },
    'memory-slope': { name: 'Growth of memory', threshold: 'suspicious above {{notice}}, a leak above {{bad}}' },
    cpu: { name: 'CPU', threshold: 'busy above {{notice}}, full above {{bad}}' },
    'loop-lag': { name: 'Response of the program', threshold: 'slow above {{notice}}, bad above {{bad}}' },
  },
  causes: {
    'sockets-idle': {
      says: 'No download is running just now; {{established}} {{established|connection|connections}}.',
    },
    'sockets-of-others': {
      says: 'No download of this program is running just now; {{established}} {{established|connection|connections}} to this service ({{programs}}).',
    },
    'sockets-healthy': {
      says: '{{established}} {{established|connection|connections}}, within the healthy range ({{programs}}).',
    },
    'sockets-few': {
      says: 'A download is running over {{established}} {{established|connection|connections}} only.',
      advice:
        'Look at concurrency and the decision log on the job page: it may be throttled or cooling down, or more may not help.',
    },
    'sockets-many': {
      says: '{{established}} {{established|connection|connections}}, more than is healthy ({{programs}}).',
      advice: 'Diagnose again in a few minutes; if the number grows, rebuild the connection pool.',
    },
    'sockets-as-set': {
      says: '{{established}} {{established|connection|connections}}, as the thread count of {{threads}} allows.',
    },
    'sockets-as-governed': {
      says: '{{established}} {{established|connection|connections}}: more would not be faster, so the program uses no more.',
    },
    'sockets-leak': {
      says: '{{established}} {{established|connection is|connections are}} more than the work needs: connections leak ({{programs}}).',
      advice:
        'Rebuild the connection pool; if the number still rises, pause and resume (nothing is lost) and send us this report. In an older tool, look at its finally blocks: each response must be closed.',
    },
    'close-wait-none': { says: 'No answer was left unclosed.' },
    'close-wait-passing': {
      says: 'The other side had just closed connections; they were cleared away at once.',
      advice: 'Normal for a moment; if every diagnosis shows some, rebuild the connection pool.',
    },
    'close-wait-stuck': {
      says: '{{stuck}} {{stuck|connection was|connections were}} closed by the other side and never on this one ({{programs}}).',
      advice:
        'Rebuild the connection pool; if they stay, restart the program (it resumes) and send us this report. An older tool does not close its responses: use a newer version, or look at its finally blocks.',
    },
    'not-throttled': { says: 'No request was throttled.' },
    throttled: {
      says: 'S3 is throttling: some requests are answered by 503 or 429.',
      advice: 'The program slows down by itself; use fewer threads, or give S3 a few minutes.',
    },
    'was-throttled': {
      says: '{{throttledInJobs}} {{throttledInJobs|request|requests}} of the download {{throttledInJobs|was|were}} throttled; now all is well.',
      advice: 'Nothing to do; if it comes back again and again, use fewer threads.',
    },
    'addresses-found': { says: 'Found: {{addresses}}.' },
    'addresses-fake': {
      says: 'The addresses are made up by a proxy program: {{addresses}}.',
      advice: 'Everything passes through that program; let it connect to the S3 host directly and try again.',
    },
    'addresses-dead': {
      says: 'No connection can be opened to {{dead}}; the other addresses let us in.',
      advice:
        'A download passes it by; if the addresses differ with another DNS server, set that one, or name good ones (--resolve).',
    },
    'dns-fast': { says: 'Names are found quickly.' },
    'dns-slow': { says: 'Names are found slowly.', advice: 'Addresses are cached; another DNS server can be set.' },
    'dns-very-slow': {
      says: 'Names are found very slowly; every new connection feels it.',
      advice: 'Set another DNS server (--dns-server).',
    },
    'dns-dead': {
      says: 'The DNS of the system gives no address for {{subject}}.',
      advice: 'Check the network and the host name, or set a DNS server.',
    },
    'dns-server-dead': {
      says: 'The DNS server {{server}} does not answer.',
      advice: 'Set another one, or none; until then the program falls back to the system.',
    },
    'dns-own-servers-dead': {
      says: 'Asked directly, {{server}} does not answer; only the system finds the name.',
      advice: 'Common behind a VPN or in a company; downloads work, but addresses cannot be refreshed ahead of time.',
    },
    'dns-server-unknown': {
      says: '{{server}} answers that there is no {{subject}}.',
      advice: 'Check the host name; if the system finds it, the name may belong to an inner network.',
    },
    'dns-not-needed': { says: 'The address is fixed; no name needs to be found.' },
    'bucket-readable': { says: 'The bucket can be listed.' },
    'bucket-empty': {
      says: 'There is nothing below this prefix.',
      advice: 'Check its spelling and the "/" at its end.',
    },
    'latency-good': { says: 'Answers come in time.' },
    'latency-high': { says: 'Answers come slowly.', advice: 'The line is long or congested; VPN and proxy add to it.' },
    'latency-unhealthy': {
      says: 'Answers take more than 5 s: connection or service are unhealthy.',
      advice: 'Rebuild the connection pool; if that does not help, pause for a few minutes, or try another line.',
    },
    'no-object': { says: 'There was no object to try.' },
    'speed-measured': { says: 'Measured.' },
    'speed-very-low': {
      says: 'Very low speed.',
      advice: 'See proxy, VPN, other traffic and DNS below; compare with another line.',
    },
    'fresh-is-faster': {
      says: 'A fresh connection is much faster than those of the job ({{jobConnectionBytesPerSecond}}): they have aged.',
      advice:
        'Rebuild the connection pool and the speed comes back; the program also learns when to renew connections.',
    },
    'many-help': { says: '{{connections}} connections are {{timesSingle}} times as fast as one: more of them help.' },
    'line-is-full': {
      says: '{{connections}} connections are about as fast as one: the line is full, more do not help.',
    },
    'many-hurt': {
      says: '{{connections}} connections are slower than one: {{timesSingle}} times its speed.',
      advice: 'Use fewer threads; router, VPN or provider may limit the number of connections.',
    },
    'speed-of-job': {
      says: 'What the running job reaches over {{connections}} {{connections|connection|connections}}.',
    },
    'speed-of-machine': {
      says: 'Another program is downloading: what this machine receives just now in all; it was not disturbed.',
    },
    'job-too-young': { says: 'The job has only just begun; its speed cannot be told yet.' },
    'speed-not-disturbed': { says: 'Not measured, so that the running download is not disturbed.' },
    'speed-too-short': { says: 'The objects are too small to tell a speed.' },
    'speed-at-limit': { says: 'Held by the limit that was set; what the line could do was not measured.' },
    'clock-right': { says: 'The clock is right.' },
    'clock-off': { says: "This machine's clock is off.", advice: 'Switch on automatic time.' },
    'clock-refused': {
      says: "This machine's clock is more than 15 minutes off: S3 refuses signatures.",
      advice: 'Set the clock.',
    },
    'no-proxy': { says: 'No proxy is used.' },
    'proxy-in-use': {
      says: 'Everything passes through the proxy {{proxy}}.',
      advice: 'Proxies are often the bottleneck: compare once without (--proxy none).',
    },
    'no-vpn': { says: 'No VPN or tunnel was found.' },
    'vpn-in-use': {
      says: 'There is a VPN or tunnel: {{interfaces}}.',
      advice: 'Disconnect it, diagnose again and compare.',
    },
    'mtu-full': { says: 'As usual ({{interface}}).' },
    'mtu-small': {
      says: 'Small ({{interface}}), as in tunnels.',
      advice: 'If downloads stop for no reason, compare without the VPN.',
    },
    'mtu-very-small': {
      says: 'Too small ({{interface}}); large packets may be lost.',
      advice: 'Check the MTU of the interface or VPN.',
    },
    'line-is-ours': { says: 'Other programs take next to nothing.' },
    'line-is-shared': { says: 'Other programs are downloading as well.', advice: 'The task manager tells which.' },
    'line-is-taken': {
      says: 'Other programs take most of the line.',
      advice: 'Pause cloud synchronisation, system updates or other downloads.',
    },
    'disk-fast': { says: 'The disk is fast enough.' },
    'disk-slow': {
      says: 'The disk is slow.',
      advice: 'Use an SSD of this machine; avoid network drives and USB sticks.',
    },
    'disk-very-slow': {
      says: 'The disk is very slow and holds the download up.',
      advice: 'Use another one; is it a network drive, or does a virus scanner read every file?',
    },
    'disk-slower-than-line': {
      says: 'The disk is slower than the line ({{lineBytesPerSecond}}): it is the bottleneck.',
      advice: 'Use a faster disk; more threads do not help.',
    },
    'disk-busy': { says: 'The disk is busy.', advice: 'Use fewer threads, or close programs that write as well.' },
    'disk-very-busy': {
      says: 'The disk is nearly stuck.',
      advice: 'Use an SSD; check the health of the disk and what else writes to it.',
    },
    'space-enough': { says: 'There is room enough.' },
    'space-short': { says: 'There may not be room enough.', advice: 'Make room first, or choose another folder.' },
    'space-below-listed': {
      says: 'The first page of the listing alone holds {{listedBytes}}; less what is there already, it may not fit.',
      advice: 'Make room first, or choose another folder.',
    },
    'space-gone': {
      says: 'The disk is nearly full.',
      advice: 'Make room; a job waits when there is none, and loses nothing.',
    },
    'memory-normal': { says: 'As usual.' },
    'memory-high': { says: 'High.', advice: 'Very many objects do that; see the growth of memory.' },
    'memory-very-high': { says: 'Too high.', advice: 'Restart the program (it resumes) and send us this report.' },
    'memory-flat': { says: 'Does not grow ({{samples}} {{samples|sample|samples}}).' },
    'memory-grows': { says: 'Grows slowly.', advice: 'Diagnose again in an hour.' },
    'memory-leaks': {
      says: 'Keeps growing: memory leaks.',
      advice: 'Restart the program (it resumes) and send us this report.',
    },
    'memory-too-early': { says: 'Too early to tell: one sample in 10 minutes, and 20 minutes at least.' },
    'cpu-free': { says: 'There is room (this program takes {{ownRatio}}).' },
    'cpu-busy': { says: 'Busy (this program takes {{ownRatio}}).', advice: 'Close other programs.' },
    'cpu-full': { says: 'Full (this program takes {{ownRatio}}).', advice: 'Close other programs; use fewer threads.' },
    'loop-free': { says: 'Responds in time.' },
    'loop-late': { says: 'Responds late.', advice: 'The machine is busy; see CPU and disk.' },
    'loop-blocked': {
      says: 'Responds very late.',
      advice: 'The machine is overloaded; close other programs, use fewer threads.',
    },
    'not-asked': { says: 'Not checked: no address was given.' },
    'not-reached': { says: 'Not reached, because of the trouble above.' },
    'cannot-tell': { says: 'Cannot be told here.' },
    'out-of-time': {
      says: 'Time was up before there was a result.',
      advice: 'Diagnose again; if it stays, see to the trouble above first.',
    },
    stopped: { says: 'The diagnosis was stopped.' },
    'failed-denied': {
      says: 'Access is denied (HTTP {{httpStatus}} {{code}}).',
      advice: 'Check the permissions of the account; for public data use anonymous access (--no-sign-request).',
    },
    'failed-credentials': {
      says: 'The credentials do not work ({{code}}).',
      advice: 'Check keys and profile; for public data use anonymous access (--no-sign-request).',
    },
    'failed-missing-bucket': { says: 'There is no such bucket.', advice: 'Check its name and the endpoint.' },
    'failed-missing': { says: 'There is no such object.', advice: 'Check the spelling of the prefix.' },
    'failed-region': { says: 'The bucket is in another region.', advice: 'Set its region (--region).' },
    'failed-addressing': {
      says: 'The service wants the bucket in front of its host ({{code}}).',
      advice: 'Use its host name and virtual-hosted addressing (--virtual-hosted), no IP address.',
    },
    'failed-dns': {
      says: 'No address is known for the host {{subject}}.',
      advice: 'Check network, host name and DNS settings.',
    },
    'failed-connect': {
      says: '{{subject}} cannot be reached ({{code}}).',
      advice: 'Check network, firewall and endpoint.',
    },
    'failed-tls': {
      says: 'No secure connection ({{code}}).',
      advice: "Check the clock; in a company's network set its certificate file (--ca-file).",
    },
    'failed-proxy': {
      says: 'The proxy refuses to connect ({{code}}).',
      advice: 'Check the proxy, or use none (--proxy none).',
    },
    'failed-clock': { says: "Refused because this machine's clock is too far off.", advice: 'Set the clock.' },
    'failed-throttled': {
      says: 'S3 asks to slow down ({{code}}).',
      advice: 'Try again in a few minutes, or use fewer threads.',
    },
    'failed-server': {
      says: 'The server failed (HTTP {{httpStatus}} {{code}}).',
      advice: 'Try again later; it is not this machine.',
    },
    'failed-cut': {
      says: 'The connection was cut ({{code}}).',
      advice: 'An unsteady line, a firewall or a proxy cuts connections; compare with another line.',
    },
    'failed-timeout': {
      says: 'No answer within 6 s.',
      advice: 'Service or line are unhealthy; pause for a few minutes, or try another line.',
    },
    'failed-protocol': {
      says: 'What answers there does not speak S3 ({{code}}).',
      advice: 'Check the endpoint; a public Wi-Fi may want a login first.',
    },
    'failed-listing': {
      says: 'The listing does not get to its next page ({{code}}).',
      advice: 'That is a fault of the service, or of a cache before it: tell whoever runs it.',
    },
    'failed-disk-full': { says: 'The disk is full.', advice: 'Make room, or choose another folder.' },
    'failed-disk-denied': {
      says: 'The folder is not writable.',
      advice: 'Choose another folder, or change its permissions.',
    },
    'failed-disk': { says: 'The file system reports an error ({{code}}).', advice: 'Check disk and folder.' },
    'failed-setting': {
      says: 'The setting {{subject}} cannot be used.',
      advice: 'Correct it in the settings and try again.',
    },
  },
  verdicts: { ok: 'ok', notice: 'notice', bad: 'bad', unknown: 'unknown' },
  report: {
    title: 'Longhaul diagnosis',
    made: 'Time',
    seconds: 'Took',
    version: 'Version',
    system: 'System',
    address: 'Address',
    localOnly: '(this machine only; with an s3:// address service and line are checked as well)',
    folder: 'Folder',
    summary: '{{bad}} bad, {{notice}} to note, {{ok}} ok, {{unknown}} unknown',
    findings: 'Findings',
    allWell: 'No problem was found.',
    notAsked: 'Not checked, because no address was given: {{names}}.',
    all: 'All checks',
    value: 'Measured',
    threshold: 'Threshold',
    cause: 'Cause',
    advice: 'Advice',
    evidence: 'Evidence',
  },
}
