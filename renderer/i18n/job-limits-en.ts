/** What holds the speed back: its name, why it is taken for the cause, and what to do about it. */
import type { Limit } from '../../shared/metrics-snapshot.ts'
import type { LimitWords } from './job-limits-zh.ts'

export const limitsEn: Record<Limit['code'], LimitWords> = {
  none: {
    name: 'none',
    because: 'nothing found that holds the speed down',
    explanation: 'Requests succeed, disk and processor have room, and no connection stands out.',
    advice: 'Nothing to do.',
  },
  line: {
    name: 'the line',
    because: 'not throttled, this machine has room to spare',
    explanation:
      'No request is refused, disk and processor have room to spare, and the connections have not aged: the speed is set by the bandwidth, by what the server gives each connection, or by other traffic on the line.',
    advice:
      'If it is less than you expect, look for other downloads, a VPN or weak Wi-Fi; if all threads are in use, allow more.',
  },
  latency: {
    name: 'waiting for answers',
    because: 'each of the small objects costs a request',
    explanation:
      'The connections spend most of their time between a request and the first byte of its answer: the number of objects sets the speed, not the bandwidth.',
    advice:
      'More threads ask for more objects at once. A shorter way to the server helps too: no VPN, or a machine in the region of the bucket.',
  },
  throttling: {
    name: 'S3 throttling',
    because: 'the server answers 503/429: slow down',
    explanation:
      'Requests to one prefix come too fast and S3 refuses some. The request rate has been lowered and rises again by itself.',
    advice: 'Nothing to do. If it lasts, use fewer threads or quieter hours.',
  },
  ageing: {
    name: 'ageing connections',
    because: 'old ones keep slowing, fresh ones are faster',
    explanation:
      'An experiment showed that a fresh connection beats the old ones. They are being renewed, oldest first.',
    advice: 'Nothing to do, the pool renews itself.',
  },
  address: {
    name: 'one address',
    because: 'it is clearly worse than the other addresses',
    explanation:
      'One IP address of the server crawls, fails or refuses what the others grant. It is set aside for a while and tried again later.',
    advice: 'Nothing to do. See the Addresses tab.',
  },
  dns: {
    name: 'DNS',
    because: 'the address of the server cannot be looked up',
    explanation: 'The resolver does not answer, or knows no address, and no connection is left.',
    advice: 'Another DNS server can be named in the settings.',
  },
  disk: {
    name: 'the disk',
    because: 'writing does not keep up with receiving',
    explanation: 'Data arrives faster than the disk takes it, so receiving waits for writing.',
    advice: 'Use a faster disk (SSD), or close what else is using this one.',
  },
  cpu: {
    name: "this machine's processor",
    because: 'too busy to handle the data',
    explanation: 'Timers fire clearly late, which shows that the processor is fully taken.',
    advice: 'Close what is using the processor, or use fewer threads.',
  },
  'user-limit': {
    name: 'the limit you set',
    because: 'the speed limit of this job is reached',
    explanation: 'The data arrives as fast as the speed limit of this job allows.',
    advice: 'Raise the limit to go faster.',
  },
  server: {
    name: 'the server',
    because: 'it answers a share of the requests with 5xx errors or wrongly',
    explanation:
      'More than a tenth of the last requests were answered with an error of the server, or with something that was not asked for; each has to be asked again.',
    advice: 'This usually passes; requests are repeated automatically.',
  },
  silence: {
    name: 'silent connections',
    because: 'they fall silent or crawl again and again',
    explanation:
      'Connections are kept open but bring nothing for seconds, as behind a router, VPN or firewall that drops long flows. Each is replaced as soon as it is noticed; the waiting still costs speed.',
    advice: 'If it lasts, connect without VPN or proxy, or by cable, to see which part of the way drops them.',
  },
  'turned-away': {
    name: 'connections refused',
    because: 'the certificate is not trusted, or the proxy refuses: no fresh connection comes about',
    explanation:
      'Somebody answers, but each fresh connection ends before the first request: the certificate is not the one of the service, or the proxy lets nothing through.',
    advice:
      'A public or guest network may want a login in the browser first; where a network has certificates of its own, set a CA file in the settings; check the proxy and the clock. It goes on by itself once connections are accepted.',
  },
  'network-lost': {
    name: 'network lost',
    because: 'nothing arrives on any connection',
    explanation:
      'Not a byte has come from any connection, old or fresh, and small questions are not answered either: the network seems to be down, or the service as a whole.',
    advice: 'Check cable, Wi-Fi or VPN. The download goes on by itself when it is back.',
  },
  unanswered: {
    name: 'no answer from the server',
    because: 'it has not answered the first question about the bucket',
    explanation: 'The list of objects has been asked for, and nothing has come back yet.',
    advice: 'It is asked some times more; if it stays silent, check the address, the proxy and the network.',
  },
}
