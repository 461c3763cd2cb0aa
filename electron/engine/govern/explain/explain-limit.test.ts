import { describe, expect, it } from 'vitest'
import { explainLimit, type LimitEvidence } from './explain-limit.ts'

describe('what holds the speed down', () => {
  const calm: LimitEvidence = {
    bytesPerSecond: 32e6,
    concurrency: 16,
    threads: 16,
    limitedRate: undefined,
    limitedSeconds: 0,
    successRate: 1,
    userLimit: 0,
    diskWriteMs: 2,
    loopLagMs: 3,
    tauSeconds: undefined,
    retireAgeSeconds: 3600,
    quarantined: [],
    dnsFailing: false,
    silentMs: 0,
    isWorking: true,
    requestsPerSecond: 2,
    firstByteMs: 80,
    serverErrors: 0,
    lostShare: 0,
  }
  const rows: [sentence: string, change: Partial<LimitEvidence>, code: string][] = [
    ['the line, when nothing else explains it', {}, 'line'],
    ['nothing, while nothing is asked for', { isWorking: false, silentMs: 99_999 }, 'none'],
    ['DNS, when it fails and nobody is connected', { dnsFailing: true, silentMs: 9000 }, 'dns'],
    ['the network, when nothing arrives', { silentMs: 3001 }, 'network-lost'],
    ['who turns connections away, when nothing arrives for that', { silentMs: 3001, refusedBy: 'tls' }, 'turned-away'],
    ['not one that was turned away, while others bring bytes', { refusedBy: 'tls' }, 'line'],
    ["the user's own limit, when it is nearly reached", { userLimit: 33e6 }, 'user-limit'],
    ['not the limit when it is far away', { userLimit: 99e6 }, 'line'],
    ['throttling', { limitedRate: 12, successRate: 0.97 }, 'throttling'],
    ['the disk', { diskWriteMs: 500 }, 'disk'],
    ['this machine', { loopLagMs: 400 }, 'cpu'],
    ["the server's errors", { successRate: 0.7, serverErrors: 30, recentRequests: 100 }, 'server'],
    [
      "the line, where the server's errors are few among other failures",
      { successRate: 0.5, serverErrors: 2, recentRequests: 24 },
      'line',
    ],
    ['the line, after one error of two requests', { successRate: 0.5, serverErrors: 1, recentRequests: 2 }, 'line'],
    ['the waiting for answers, when it takes most of the time', { requestsPerSecond: 150, firstByteMs: 80 }, 'latency'],
    ['not when bytes take more', { requestsPerSecond: 90, firstByteMs: 80 }, 'line'],
    [
      'not when fewer connections than allowed did as well: the line is full',
      { requestsPerSecond: 150, firstByteMs: 80, concurrency: 15 },
      'line',
    ],
    ['ageing before it', { requestsPerSecond: 150, firstByteMs: 80, tauSeconds: 15 }, 'ageing'],
    ['a bad address', { quarantined: ['192.0.2.3'] }, 'address'],
    ['connections that fall silent, when much time goes into them', { lostShare: 0.3 }, 'silence'],
    ['not when they are replaced in time', { lostShare: 0.05 }, 'line'],
    ['a listing that has not been answered at all', { isWorking: false, unansweredMs: 6000 }, 'unanswered'],
    ['a listing that is refused', { isWorking: false, bytesPerSecond: 0, listRefusedMs: 0 }, 'throttling'],
    ['not while there is other work', { listRefusedMs: 9000 }, 'line'],
    ['not one that takes its time', { isWorking: false, unansweredMs: 4000 }, 'none'],
    ['ageing connections', { tauSeconds: 15, retireAgeSeconds: 1.7 }, 'ageing'],
    [
      'a low limit that is kept in lumps',
      { userLimit: 1e5, bytesPerSecond: 0, pacedBytesPerSecond: 0.95e5, loopLagMs: 300 },
      'user-limit',
    ],
    [
      'the limit before throttling: it is the one the user can lift',
      { userLimit: 33e6, limitedRate: 12 },
      'user-limit',
    ],
  ]
  it.each(rows)('%s', (_, change, code) => {
    expect(explainLimit({ ...calm, ...change }).code).toBe(code)
  })
})
