/** Every event of the engine: its name and its sentence. */
import type { EventCode } from '../../shared/engine-event.ts'
import type { Sentence } from './job-events-zh.ts'

export const eventsEn: Record<EventCode, Sentence> = {
  'job-started': {
    lead: ['{resumed}', 'Job started'],
    details: [],
  },
  'listing-finished': {
    lead: ['Listing finished: {objects} {objects|object|objects}', 'Listing finished'],
    details: ['{bytes} in all', '{bytesKept} kept from before, not fetched again', 'took {seconds}'],
  },
  'pool-warming': {
    lead: ['Warming up the connection pool...'],
    details: ['{size} {size|connection|connections}', 'look-up and handshake come before the first data'],
  },
  'pool-warmed': {
    lead: ['Connection pool is warm'],
    details: ['{size} {size|connection|connections} ready', 'took {seconds}'],
  },
  'pool-rebuilding': {
    lead: ['Rebuilding the connection pool...'],
    details: [
      'cause: {cause}',
      'generation {generation}',
      '{size} {size|connection|connections}',
      'new ones are warm before old ones retire, so the speed holds',
    ],
  },
  'pool-rebuilt': {
    lead: ['Connection pool rebuilt'],
    details: ['generation {generation}', 'all {size} {size|connection|connections} renewed', 'took {seconds}'],
  },
  'connection-replaced': {
    lead: ['Connection replaced: {cause}', 'Connection replaced'],
    details: ['address {address}', 'for {seconds}', 'it ran at {bytesPerSecond}', 'pool median {medianBytesPerSecond}'],
  },
  'connection-kept': {
    lead: ['Connections kept: a fresh one was no faster, so the line is slow, not their age'],
    details: ['fresh one {freshBytesPerSecond}', 'this one {bytesPerSecond}', 'pool median {medianBytesPerSecond}'],
  },
  throttled: {
    lead: ['S3 asks to slow down (HTTP {status})', 'S3 asks to slow down'],
    details: ['prefix {prefix}', 'success rate {successRate}', 'server asks to wait {retryAfterMs}'],
  },
  'throttle-ended': {
    lead: ['Throttling has ended; the request rate is rising again'],
    details: ['prefix {prefix}', 'lasted {seconds}'],
  },
  'rate-changed': {
    lead: ['Request rate set to {requestsPerSecond}', 'Request rate changed'],
    details: ['prefix {prefix}', 'success rate {successRate}', 'pause between requests {delayMs}'],
  },
  'concurrency-changed': {
    lead: ['Concurrency {from} → {to}', 'Concurrency changed'],
    details: ['{cause}', 'goodput {goodputBytesPerSecond}'],
  },
  'health-check-failed': {
    lead: ['Health check failed'],
    details: ['answered in {latencyMs}', '{failure}', '{inARow} in a row', 'two in a row rebuild the pool'],
  },
  'health-check-passed': { lead: ['Health check passes again'], details: ['answered in {latencyMs}'] },
  'dns-failed': { lead: ['DNS look-up failed: {host}', 'DNS look-up failed'], details: ['{failure}', 'trying again'] },
  'dns-stale': {
    lead: [
      'DNS does not answer; known addresses stay in use: {host}',
      'DNS does not answer; known addresses stay in use',
    ],
    details: ['record is {ageSeconds} old'],
  },
  'dns-recovered': { lead: ['DNS answers again: {host}', 'DNS answers again'], details: ['was away for {seconds}'] },
  'address-quarantined': {
    lead: ['Address {address} set aside', 'An address was set aside'],
    details: ['{cause}', 'tried again in {seconds}'],
  },
  'address-restored': { lead: ['Address {address} back in use', 'An address is back in use'], details: [] },
  'cooling-down': {
    lead: ['Cooling down: all connections closed'],
    details: ['waiting {seconds}', 'success rate {successRate}', 'then on with half the concurrency'],
  },
  'cooled-down': { lead: ['Cool-down over, downloading again'], details: ['concurrency {concurrency}'] },
  'time-window-closed': {
    lead: ['Outside the time window, starts at {until}', 'Outside the time window, starts by itself'],
    details: ['in {seconds}'],
  },
  'time-window-opened': { lead: ['The time window has opened, downloading'], details: [] },
  'network-lost': {
    lead: ['No connection is accepted ({failure}), waiting', 'Network lost, waiting for it'],
    details: [],
  },
  'network-restored': { lead: ['Network is back, downloading again'], details: ['was away for {seconds}'] },
  'object-changed': {
    lead: [
      'Object changed on the server, fetched anew on its own: {key}',
      'Object changed on the server, fetched anew on its own',
    ],
    details: [],
  },
  'file-damaged': {
    lead: ['File is not what the server has, fetched anew: {key}', 'File is not what the server has, fetched anew'],
    details: [],
  },
  'file-set-aside': {
    lead: [
      'A file of yours bore the name of an object and was kept: {key}',
      'A file of yours bore the name of an object',
    ],
    details: ['it is now {path}'],
  },
  'object-gone': {
    lead: ['Object is gone from the server, what was begun of it is removed: {key}', 'Object is gone from the server'],
    details: ['{bytes} removed'],
  },
  'object-failed': {
    lead: ['Object failed: {key}', 'An object failed'],
    details: ['{failure}', '{attempts} {attempts|attempt|attempts}'],
  },
  'object-retried': { lead: ['Queued again: {key}', 'Object queued again'], details: [] },
  'path-mapped': {
    lead: ['Key cannot be a file name as it is, renamed: {key}', 'Key cannot be a file name as it is, renamed'],
    details: ['stored as {path}'],
  },
  'journal-repaired': { lead: ['Journal had a torn end: cut and repaired'], details: ['{bytes} cut'] },
  'disk-full': {
    lead: ['Disk full, job stopped'],
    details: ['at {path}', '{needBytes} still needed', '{freeBytes} free'],
  },
  'files-short': {
    lead: ['This machine lets us open no more files, so fewer connections for now'],
    details: ['{code}', '{connections} {connections|connection|connections} open'],
  },
  'disk-slow': { lead: ['Disk writes have become slow'], details: ['{writeMs} a write', 'at {path}'] },
  'limits-changed': {
    lead: ['Changed as you set it'],
    details: ['threads {threadsBefore} → {threads}', 'speed limit {limitBytesPerSecond}'],
  },
  paused: { lead: ['Paused'], details: ['{cause}'] },
  resumed: { lead: ['Resumed'], details: ['{cause}'] },
  'decay-alert': {
    lead: ['Speed is decaying'],
    details: [
      'probable cause: {cause}',
      'address {address}',
      '{writeMs} a write',
      'timers {loopLagMs} late',
      '{requestsPerSecond} granted',
      'success rate {successRate}',
      'connections lose speed with time constant {tauSeconds}',
      '{lostShare} of the connection time lost on silent ones',
      'trend {slopeMegabytesPerSecondPerHour}',
      '{confidence} sure',
      'baseline {baselineBytesPerSecond}',
      'now {bytesPerSecond}',
      'began {minutesSinceChange} min before',
    ],
  },
  'retirement-age-learned': {
    lead: ['Learned when a connection should retire: {seconds}', 'Learned when a connection should retire'],
    details: ['its speed decays with time constant {tauSeconds}', 'a new one costs {handshakeMs}'],
  },
  'ageing-refuted': {
    lead: ['Connections do not age after all: with fresh ones the speed as a whole is no higher, the line is full'],
    details: ['goodput {goodputBytesPerSecond}', 'before {beforeBytesPerSecond}'],
  },
  'job-finished': {
    lead: ['Job ended: {status}', 'Job ended'],
    details: ['took {seconds}', '{objectsUnproven} {objectsUnproven|object|objects} had nothing to check against'],
  },
}

export const eventNamesEn: Record<EventCode, string> = {
  'job-started': 'Job started',
  'listing-finished': 'Listing done',
  'pool-warming': 'Warming up',
  'pool-warmed': 'Pool warm',
  'pool-rebuilding': 'Rebuilding',
  'pool-rebuilt': 'Rebuilt',
  'connection-replaced': 'Replaced',
  'connection-kept': 'Kept',
  throttled: 'Throttled',
  'throttle-ended': 'Throttling over',
  'rate-changed': 'Rate',
  'concurrency-changed': 'Concurrency',
  'health-check-failed': 'Unhealthy',
  'health-check-passed': 'Healthy',
  'dns-failed': 'DNS failed',
  'dns-stale': 'DNS stale',
  'dns-recovered': 'DNS back',
  'address-quarantined': 'Set aside',
  'address-restored': 'Back in use',
  'cooling-down': 'Cooling down',
  'cooled-down': 'Cooled down',
  'time-window-closed': 'Outside window',
  'time-window-opened': 'Window open',
  'network-lost': 'Network lost',
  'network-restored': 'Network back',
  'object-changed': 'Object changed',
  'file-damaged': 'File damaged',
  'file-set-aside': 'File kept',
  'object-gone': 'Object gone',
  'object-failed': 'Object failed',
  'object-retried': 'Object retried',
  'path-mapped': 'Renamed',
  'journal-repaired': 'Journal repaired',
  'disk-full': 'Disk full',
  'files-short': 'Too many files',
  'disk-slow': 'Disk slow',
  'limits-changed': 'Limits changed',
  paused: 'Paused',
  resumed: 'Resumed',
  'decay-alert': 'Decay alert',
  'retirement-age-learned': 'Learned',
  'ageing-refuted': 'Taken back',
  'job-finished': 'Job ended',
}
