import type { failuresZh } from './failures-zh.ts'
import type { Translation } from './translation.ts'

export const failuresEn: Translation<typeof failuresZh> = {
  throttled: {
    plain: 'S3 asks us to slow down.',
    named: 'S3 asks us to slow down: {{subject}}.',
    advice: 'Wait a moment and try again; if it happens often, use fewer threads.',
  },
  'server-error': {
    plain: 'The server has a passing fault.',
    named: 'The server has a passing fault: {{subject}}.',
    advice: 'This usually ends soon; try again later.',
  },
  stalled: {
    plain: 'The server did not answer in time.',
    named: '{{subject}} did not answer in time.',
    advice: 'Check your network, VPN or proxy, then try again.',
  },
  slow: {
    plain: 'The connection is too slow.',
    named: 'The connection to {{subject}} is too slow.',
    advice: 'Check whether another program uses the line, then try again.',
  },
  reset: {
    plain: 'The connection broke before the answer was complete.',
    named: 'The connection to {{subject}} broke before the answer was complete.',
    advice: 'Try again; if it keeps happening, check the VPN, proxy or firewall.',
  },
  connect: {
    plain: 'Cannot connect to the server.',
    named: 'Cannot connect to {{subject}}.',
    advice: 'Check the network and the endpoint; if you need a proxy, set it under Settings → Network.',
  },
  dns: {
    plain: 'The server’s address cannot be found.',
    named: 'No address found for the host {{subject}}.',
    advice: 'Check the spelling and the network, or choose another DNS server under Settings → Network.',
  },
  tls: {
    plain: 'No secure connection: the server’s certificate is not trusted.',
    named: 'No secure connection to {{subject}}: its certificate is not trusted.',
    advice:
      'If your organisation has its own certificates, set a CA file under Settings → Network; check the clock too.',
  },
  proxy: {
    plain: 'The proxy server refused the connection.',
    named: 'The proxy server {{subject}} refused the connection.',
    advice: 'Check the proxy’s address and account under Settings → Network, or use no proxy.',
  },
  denied: {
    plain: 'Access is denied.',
    named: 'Access to {{subject}} is denied.',
    advice:
      'For public data choose “Anonymous”; otherwise use an account with permission, or ask the bucket’s owner; some buckets need “Requester pays”.',
  },
  credentials: {
    plain: 'The credentials cannot be used: not found, expired or badly signed.',
    named: 'The credentials {{subject}} cannot be used: not found, expired or badly signed.',
    advice: 'For public data choose “Anonymous”; otherwise sign in again (aws sso login) or enter the keys again.',
  },
  'clock-skew': {
    plain: 'This computer’s clock differs too much from the server’s.',
    named: 'This computer’s clock differs too much from that of {{subject}}.',
    advice: 'Set the system clock, then try again.',
  },
  'missing-bucket': {
    plain: 'This bucket does not exist.',
    named: 'The bucket {{subject}} does not exist.',
    advice: 'Check the spelling; if the bucket is not at AWS, fill in the endpoint.',
  },
  missing: {
    plain: 'There is no object under this prefix.',
    named: 'There is no object under {{subject}}.',
    advice: 'Check the spelling (case matters), or pick the prefix with “Browse”.',
  },
  'wrong-region': {
    plain: 'The bucket is not in the given region.',
    named: 'The bucket {{subject}} is not in the given region.',
    advice: 'Leave the region empty to have it found, or fill in the right one.',
  },
  'redirect-refused': {
    plain: 'The server wanted to send us elsewhere; this was refused.',
    named: '{{subject}} wanted to send us elsewhere; this was refused.',
    advice: 'Check the endpoint; some networks want you to sign in with a browser first.',
  },
  changed: {
    plain: 'The object changed while it was being read.',
    named: 'The object {{subject}} changed while it was being read.',
    advice: 'Try again; the new version will be read.',
  },
  archived: {
    plain: 'The object is archived and cannot be read before it is restored.',
    named: 'The object {{subject}} is archived and cannot be read before it is restored.',
    advice: 'Ask the bucket’s owner to restore it from Glacier first.',
  },
  protocol: {
    plain: 'The server’s answer makes no sense.',
    named: 'The answer of {{subject}} makes no sense.',
    advice: 'Check that the endpoint really is an S3 service; some networks rewrite answers.',
  },
  corrupt: {
    plain: 'The data received does not match its checksum.',
    named: 'The data of {{subject}} does not match its checksum.',
    advice:
      'Try again; if it persists, a proxy may rewrite content, or the source is damaged. If no object matches, the ETags of this service are no checksums: set Verify to “Size and ETag”.',
  },
  'disk-full': {
    plain: 'The disk is full.',
    named: 'The disk that holds {{subject}} is full.',
    advice: 'Free some space or choose another folder; nothing downloaded is lost.',
  },
  'disk-denied': {
    plain: 'The folder is not writable.',
    named: 'The folder {{subject}} is not writable.',
    advice: 'Choose another folder, or check permissions and write protection.',
  },
  'disk-gone': {
    plain: 'The folder is not there: its drive or share is not connected, or it was moved or deleted.',
    named: '{{subject}} is not there: the drive or share is not connected, or the folder was moved or deleted.',
    advice: 'Connect the drive or put the folder back: what has arrived there is kept, and the rest is fetched.',
  },
  disk: {
    plain: 'The disk reports an error.',
    named: 'The disk reports an error at {{subject}}.',
    advice: 'Check that the drive is connected, or choose another folder.',
  },
  locked: {
    plain: 'Another job is using this folder.',
    named: 'Another job is using the folder {{subject}}.',
    advice: 'Wait for it, cancel it, or choose another folder.',
  },
  'unsafe-path': {
    plain: 'This key has no safe path on disk.',
    named: 'The key {{subject}} has no safe path on disk.',
    advice: 'This object will not be downloaded; leave it out with “Exclude”.',
  },
  cancelled: { plain: 'Cancelled.', named: '{{subject}} was cancelled.', advice: 'You can start again at any time.' },
  usage: {
    plain: 'One setting cannot work.',
    named: 'The setting “{{subject}}” cannot work.',
    advice: 'Change it, then try again.',
  },
  special: {
    regionKnown: 'The bucket {{subject}} is in {{region}}, not in the given region.',
    regionKnownPlain: 'The bucket is in {{region}}, not in the given region.',
    regionKnownAdvice: 'Change the region to {{region}}, or leave it empty to have it found.',
    noCredentials: 'No credentials were found on this machine.',
    noCredentialsAdvice:
      'For public data choose “Anonymous”; otherwise choose a profile, enter keys, or sign in first (aws sso login).',
    expiredCredentials: 'The credentials have expired.',
    expiredCredentialsAdvice: 'Sign in again (aws sso login), or enter new keys.',
    keysGone: 'The saved keys are no longer there.',
    keysGoneAdvice:
      'They may have been forgotten; without a vault of the system, keys are kept until the program ends. Enter them again.',
    newKeysAdvice: 'Press “New with these settings…” and give other keys: it goes on from where it stopped.',
    signInAdvice:
      'Sign in again (aws sso login) or renew the profile, then press “Resume”: nothing downloaded is lost.',
    accessWithdrawn: 'Access to {{subject}} has been withdrawn.',
    accessWithdrawnAdvice:
      'Have it given again, or get back into the network that has it, then resume: nothing downloaded is lost.',
    bucketInHost: 'This service wants the bucket in front of its host.',
    bucketInHostAdvice:
      'Set the addressing to “Automatic” or “Virtual hosted”, and the endpoint to the host name of the service.',
    noService: 'No S3 service answers at {{subject}}.',
    noServiceAdvice: 'Check the endpoint, its port and path too; a public Wi-Fi may want a login first.',
    listingStuck: 'The listing does not get to its next page.',
    listingStuckAdvice: 'That is a fault of the service, or of a cache before it: tell whoever runs it.',
    fileHeld: 'Another program holds the file open.',
    fileHeldAdvice: 'Close it there, then retry what failed.',
    folderInTheWay: 'A folder stands where the file must go.',
    folderInTheWayAdvice: 'Move or rename that folder, then retry what failed.',
    writeProtected: 'A write-protected file of the same name is there; it was left as it is.',
    writeProtectedAdvice: 'Take off its write protection or move it away, then retry what failed.',
    notAbsolute: '{{path}} is no full path on this machine.',
    notAbsoluteAdvice: 'Write the whole path, or pick the folder with “Choose”.',
    fileTooLarge: 'The file system of this folder takes no file this large.',
    fileTooLargeAdvice: 'Choose a folder on another drive: FAT32, say, takes no file of 4 GiB or more.',
    deniedToAllAdvice:
      'Not everyone may read this: choose another kind of access with an account that may, or ask the bucket’s owner; check bucket and prefix too.',
    pathTooLong: 'The path is too long for the file system.',
    pathTooLongAdvice: 'Choose a folder with a shorter path.',
    programUnreachable: 'The Longhaul program cannot be reached.',
    programUnreachableAdvice: 'Make sure that it is still running; the window reconnects by itself.',
    contractBroken: 'The program’s answer does not fit this page.',
    contractBrokenAdvice: 'The page may be of an older version: reload it, or restart the program.',
  },
  quotation: 'In its own words: {{detail}}',
  httpStatus: 'HTTP {{status}}',
}
