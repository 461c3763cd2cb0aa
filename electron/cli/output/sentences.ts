/**
 * One sentence for every failure, in English and Chinese. The message of the server or the system comes last, quoted.
 */
import { BUCKET_IN_HOST_CODES, type Failure, type FailureClass, LISTING_STUCK_CODES } from '../../../shared/failure.ts'
import { firstSupportedLanguage, type SupportedLanguage } from '../../../shared/supported-language.ts'
import { UNSEEN_SIGNS } from '../../../shared/unseen-signs.ts'

export type Language = SupportedLanguage

/** The language of messages on a terminal. Pure. */
export const languageOf = (environment: NodeJS.ProcessEnv): Language => localeLanguageOf(environment) ?? 'en'

/** Looked up as gettext does; undefined when the locale is neither language, or `C`, which says nothing. Pure. */
export function localeLanguageOf(environment: NodeJS.ProcessEnv): Language | undefined {
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || ''
  return firstSupportedLanguage([locale])
}

/** `$` stands for what it is about. The second form is for failures that do not say. */
type Forms = [named: string, plain: string]

const ENGLISH: Record<FailureClass, Forms> = {
  throttled: ['S3 keeps asking us to slow down: $.', 'S3 keeps asking us to slow down.'],
  'server-error': ['The server failed to answer for $.', 'The server failed to answer.'],
  stalled: ['$ stopped sending.', 'The server stopped sending.'],
  slow: ['$ is far slower than the rest.', 'The connection is far slower than the rest.'],
  reset: [
    'The connection to $ was cut before its answer was complete.',
    'The connection was cut before the answer was complete.',
  ],
  connect: ['$ cannot be reached.', 'The server cannot be reached.'],
  dns: ['No address is known for the host $.', 'The host has no address.'],
  tls: [
    'No secure connection to $: its certificate or handshake was refused.',
    'The certificate or handshake was refused.',
  ],
  proxy: ['The proxy refuses to connect us: $.', 'The proxy refuses to connect us.'],
  denied: ['Access to $ is denied.', 'Access is denied.'],
  credentials: [
    'The credentials do not work: $.',
    'There are no credentials that work (for a public bucket use --no-sign-request).',
  ],
  'clock-skew': ["This machine's clock is too far off for $.", "This machine's clock is too far off."],
  'missing-bucket': ['There is no bucket named $.', 'There is no such bucket.'],
  missing: ['There is nothing at $.', 'There is no such object.'],
  'wrong-region': ['The bucket $ is in another region.', 'The bucket is in another region.'],
  'redirect-refused': ['$ sends us somewhere we will not follow.', 'The server sends us somewhere we will not follow.'],
  changed: ['$ changed while it was fetched.', 'The object changed while it was fetched.'],
  archived: ['$ is archived and must be restored first.', 'The object is archived and must be restored first.'],
  protocol: ['What answers for $ does not speak S3.', 'What answers there does not speak S3.'],
  corrupt: ['The bytes of $ do not match its checksum.', 'The bytes do not match the checksum.'],
  'disk-full': ['The disk is full: $.', 'The disk is full.'],
  'disk-denied': ['$ is not writable.', 'The destination is not writable.'],
  'disk-gone': [
    '$ is not there: its drive or share is not connected, or the folder was moved or deleted.',
    'The destination is not there.',
  ],
  disk: ['The file system refuses $.', 'The file system reports an error.'],
  locked: ['Another run is writing to $.', 'Another run is writing to the destination.'],
  'unsafe-path': ['There is no safe path for $ below the destination.', 'There is no safe path below the destination.'],
  cancelled: ['Interrupted: $.', 'Interrupted.'],
  usage: ['$ cannot be used.', 'A setting cannot be used.'],
}

const CHINESE: Record<FailureClass, Forms> = {
  throttled: ['S3 一直要求我们减速：$。', 'S3 一直要求我们减速。'],
  'server-error': ['服务器未能应答 $。', '服务器未能应答。'],
  stalled: ['$ 停止了发送。', '服务器停止了发送。'],
  slow: ['$ 比其他连接慢得多。', '该连接比其他连接慢得多。'],
  reset: ['与 $ 的连接在应答完成前被切断。', '连接在应答完成前被切断。'],
  connect: ['无法连接 $。', '无法连接服务器。'],
  dns: ['找不到主机 $ 的地址。', '找不到主机的地址。'],
  tls: ['无法与 $ 建立安全连接：证书或握手被拒绝。', '证书或握手被拒绝。'],
  proxy: ['代理拒绝为我们连接：$。', '代理拒绝为我们连接。'],
  denied: ['没有访问 $ 的权限。', '没有访问权限。'],
  credentials: ['凭证无效：$。', '没有可用的凭证（公开的存储桶请用 --no-sign-request）。'],
  'clock-skew': ['本机时钟偏差太大，$ 拒绝请求。', '本机时钟偏差太大。'],
  'missing-bucket': ['没有名为 $ 的存储桶。', '没有这个存储桶。'],
  missing: ['$ 处什么也没有。', '没有这个对象。'],
  'wrong-region': ['存储桶 $ 在另一个区域。', '存储桶在另一个区域。'],
  'redirect-refused': ['$ 让我们去一个不该去的地方。', '服务器让我们去一个不该去的地方。'],
  changed: ['$ 在下载过程中发生了变化。', '对象在下载过程中发生了变化。'],
  archived: ['$ 已归档，必须先恢复。', '对象已归档，必须先恢复。'],
  protocol: ['应答 $ 的不是 S3 服务。', '那里应答的不是 S3 服务。'],
  corrupt: ['$ 的内容与校验和不符。', '内容与校验和不符。'],
  'disk-full': ['磁盘已满：$。', '磁盘已满。'],
  'disk-denied': ['$ 不可写。', '目标文件夹不可写。'],
  'disk-gone': ['$ 不在：磁盘或网络位置没有接上，或文件夹被移动、删除。', '目标文件夹不在。'],
  disk: ['文件系统拒绝了 $。', '文件系统报告错误。'],
  locked: ['另一个任务正在写入 $。', '另一个任务正在写入目标文件夹。'],
  'unsafe-path': ['$ 在目标文件夹下没有安全的路径。', '在目标文件夹下没有安全的路径。'],
  cancelled: ['已中断：$。', '已中断。'],
  usage: ['$ 不可用。', '有一项设置不可用。'],
}

/** A bug (code `internal`) is not the server's fault, whatever its class. */
const INTERNAL: Record<Language, Forms> = {
  en: ['Longhaul itself has failed: $.', 'Longhaul itself has failed.'],
  zh: ['Longhaul 自身出错：$。', 'Longhaul 自身出错。'],
}

/** Codes that mean the same. */
const forEach = <T>(codes: readonly string[], words: T): Record<string, T> =>
  Object.fromEntries(codes.map((code) => [code, words]))

const BUCKET_IN_HOST: Record<Language, Forms> = {
  en: ['$ wants the bucket in front of its host.', 'The service wants the bucket in front of its host.'],
  zh: ['$ 只接受虚拟主机方式（存储桶名在主机名前）的访问。', '该服务只接受虚拟主机方式（存储桶名在主机名前）的访问。'],
}

const LISTING_STUCK: Record<Language, Forms> = {
  en: ['The listing of $ does not get to its next page.', 'The listing does not get to its next page.'],
  zh: ['$ 的列表翻不到下一页。', '列表翻不到下一页。'],
}

/** An object may be refused by these too, for reasons of its own: they speak of the keys only where nothing is granted. */
const KEY_CODES = ['InvalidAccessKeyId', 'SignatureDoesNotMatch']
const isOfKeys = ({ class: failureClass, code = '' }: Failure) =>
  failureClass === 'credentials' && KEY_CODES.includes(code)
const KEYS_REFUSED: Record<Language, Forms> = {
  en: ['The access keys are refused: $.', 'The access keys are refused.'],
  zh: ['访问密钥被拒绝：$。', '访问密钥被拒绝。'],
}

/** A class says what to do, a code sometimes more of what has happened. */
const BY_CODE: Record<string, Record<Language, Forms>> = {
  internal: INTERNAL,
  ...forEach(BUCKET_IN_HOST_CODES, BUCKET_IN_HOST),
  ...forEach(LISTING_STUCK_CODES, LISTING_STUCK),
  ExpiredToken: {
    en: ['The credentials have run out: $.', 'The credentials have run out.'],
    zh: ['凭证已过期：$。', '凭证已过期。'],
  },
  'access-withdrawn': {
    en: ['Access to $ has been withdrawn.', 'Access has been withdrawn.'],
    zh: ['对 $ 的访问权限已被收回。', '访问权限已被收回。'],
  },
  EBUSY: {
    en: ['Another program holds $ open.', 'Another program holds the file open.'],
    zh: ['$ 正被另一个程序占用。', '文件正被另一个程序占用。'],
  },
  EISDIR: {
    en: ['A folder stands where the file $ must go.', 'A folder stands where the file must go.'],
    zh: ['$ 处是一个文件夹，文件无法放到那里。', '那里已有同名的文件夹，文件无法放入。'],
  },
  'write-protected': {
    en: [
      'The file $ is write-protected and was left as it is.',
      'A write-protected file of its name was left as it is.',
    ],
    zh: ['$ 是只读文件，未被替换。', '同名的文件是只读的，未被替换。'],
  },
  EFBIG: {
    en: ['The file system takes no file as large as $.', 'The file system takes no file this large.'],
    zh: ['文件系统不支持像 $ 这样大的文件。', '文件系统不支持这样大的文件。'],
  },
  ENAMETOOLONG: {
    en: ['The path of $ is too long.', 'The path is too long.'],
    zh: ['$ 的路径太长。', '路径太长。'],
  },
}

export function sentenceFor(failure: Failure, language: Language): string {
  const forms = language === 'zh' ? CHINESE : ENGLISH
  const byCode = isOfKeys(failure) ? KEYS_REFUSED : BY_CODE[failure.code ?? '']
  const [named, plain] = byCode?.[language] ?? forms[failure.class]
  const subject = failure.subject ?? ''
  // A function: `$&` and the like in a key are not for String.replace to read.
  const sentence = subject ? named.replace('$', () => printable(subject)) : plain
  return `${sentence}${regionHint(failure, language)}${quotation(failure, language)}`
}

/** What to try first, where one thing helps most people. */
const ADVICE: Partial<Record<FailureClass, Record<Language, string>>> = {
  'server-error': {
    en: 'That is a fault of the service, and mostly passes: try again later.',
    zh: '这是服务端的故障，通常会恢复，请稍后再试。',
  },
  reset: {
    en: 'Check --endpoint-url: http:// or https://, and the port; then the VPN, proxy or firewall.',
    zh: '请检查 --endpoint-url（http:// 或 https://，以及端口）；再检查 VPN、代理或防火墙。',
  },
  connect: {
    en: 'Check the address, the port and the network; --endpoint-url and --proxy name others.',
    zh: '请检查地址、端口和网络；可用 --endpoint-url 或 --proxy 另行指定。',
  },
  dns: {
    en: 'Check its spelling and the network; --dns-server asks another server.',
    zh: '请检查拼写和网络；可用 --dns-server 换一台 DNS 服务器。',
  },
  tls: {
    en: 'If the network has certificates of its own, name them with --ca-file.',
    zh: '若单位网络使用自己的证书，请用 --ca-file 指定。',
  },
  proxy: { en: 'Check --proxy, or use --proxy none.', zh: '请检查 --proxy，或改用 --proxy none。' },
  denied: {
    en: 'A public bucket needs --no-sign-request; one that refuses that too, credentials that may read it (--profile), some --request-payer requester.',
    zh: '公开的存储桶请用 --no-sign-request；匿名也被拒绝的，需要有权限的凭证（--profile）；请求者付费的还要加 --request-payer requester。',
  },
  'clock-skew': { en: 'Set the clock right and try again.', zh: '请校准系统时间后再试。' },
  'missing-bucket': {
    en: 'Check its spelling; a bucket outside AWS needs --endpoint-url.',
    zh: '请检查拼写；不在 AWS 的存储桶请加 --endpoint-url。',
  },
  missing: {
    en: 'Check its spelling, capitals too; longhaul ls with a shorter prefix shows what is there.',
    zh: '请检查拼写（区分大小写）；用更短的前缀运行 longhaul ls，可列出已有的键。',
  },
  protocol: {
    en: 'Check --endpoint-url, http:// or https:// too; some networks want a login in a browser first.',
    zh: '请检查 --endpoint-url（包括 http:// 或 https://）；有的网络需要先在浏览器里登录。',
  },
  corrupt: {
    en: 'If no object ever matches, the ETags of this service are no checksums: --verify etag does not take them for such.',
    zh: '若所有对象都不符，说明该服务的 ETag 不是校验和：请改用 --verify etag，它不把 ETag 当作校验和。',
  },
  'disk-full': {
    en: 'Make room and run the same command again: nothing is lost.',
    zh: '腾出空间后再次运行同一条命令即可继续，已下载的不会丢失。',
  },
  'disk-denied': { en: 'Choose another folder, or mend its permissions.', zh: '请换一个文件夹，或修改它的权限。' },
  'disk-gone': {
    en: 'Put it back and run the same command again (what has arrived there is kept), or choose another folder.',
    zh: '接好或恢复后再次运行同一条命令即可继续，已下载到那里的不会丢失；也可以换一个文件夹。',
  },
  locked: { en: 'Wait until it ends, or choose another folder.', zh: '请等它结束，或换一个文件夹。' },
}
const PROXY_LOGIN: Record<Language, string> = {
  en: 'It wants a login: --proxy http://NAME:PASSWORD@HOST:PORT.',
  zh: '它需要登录：--proxy http://用户名:密码@主机:端口。',
}
const FILE_IN_THE_WAY: Record<Language, string> = {
  en: 'A file stands where a folder is needed; choose another folder.',
  zh: '那里是一个文件，不是文件夹；请换一个文件夹。',
}

const ASK_BY_HOST: Record<Language, string> = {
  en: 'Use --virtual-hosted with the host name of the service, not --path-style or an IP address.',
  zh: '请用 --virtual-hosted 和服务的主机名，不要用 --path-style 或 IP 地址。',
}

const TELL_ITS_PEOPLE: Record<Language, string> = {
  en: 'That is a fault of the service, or of a cache before it: tell whoever runs it.',
  zh: '这是服务端（或它前面的缓存）的故障，请联系服务方。',
}

const CHECK_THE_DATE: Record<Language, string> = {
  en: "Check this machine's date; if it is right, tell whoever runs the service.",
  zh: '请检查本机的日期；若日期无误，请联系服务方。',
}

const NO_TLS_THERE: Record<Language, string> = {
  en: 'No TLS is spoken there: try http:// in --endpoint-url, or another port.',
  zh: '那里使用的不是 TLS：请在 --endpoint-url 中改用 http://，或换一个端口。',
}

const CHECK_THE_KEYS: Record<Language, string> = {
  en: 'Check the access key ID and its secret, and that they are of this service; a public bucket needs --no-sign-request.',
  zh: '请检查 Access Key ID 和 Secret 是否正确、是否属于这个服务；公开的存储桶请用 --no-sign-request。',
}

const NO_PATTERN_THERE: Record<Language, string> = {
  en: "An address takes no pattern: end it at its last slash, and name the pattern with --include '*.nc'.",
  zh: "地址里不能写通配符：请写到最后一个斜杠为止，通配符用 --include '*.nc' 指定。",
}

const NAME_THE_REGION: Record<Language, string> = {
  en: 'Name the right one with --region.',
  zh: '请用 --region 指定正确的区域。',
}

const SMALL_FILES_ONLY: Record<Language, string> = {
  en: 'Choose a folder on another drive: FAT32, say, takes no file of 4 GiB or more.',
  zh: '请换一个磁盘上的文件夹：例如 FAT32 不支持 4 GiB 及以上的文件。',
}

const GO_ON: Record<Language, string> = {
  en: 'Run the same command again: it goes on from what is on disk.',
  zh: '再次运行同一条命令，即可从已有的数据继续。',
}

const ADVICE_BY_CODE: Record<string, Record<Language, string>> = {
  internal: GO_ON,
  ...forEach(BUCKET_IN_HOST_CODES, ASK_BY_HOST),
  ...forEach(LISTING_STUCK_CODES, TELL_ITS_PEOPLE),
  EBUSY: {
    en: 'Close it there and run the same command again.',
    zh: '请在那个程序中关闭它，再次运行同一条命令。',
  },
  EFBIG: SMALL_FILES_ONLY,
  ENAMETOOLONG: { en: 'Choose a folder with a shorter path.', zh: '请换一个路径更短的文件夹。' },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    en: 'It is a certificate for other names: a bucket with dots in its name needs --path-style.',
    zh: '该证书属于其他主机名：名字里带点的存储桶请用 --path-style。',
  },
  CERT_HAS_EXPIRED: CHECK_THE_DATE,
  CERT_NOT_YET_VALID: CHECK_THE_DATE,
  'unknown-profile': {
    en: '~/.aws knows no profile of that name.',
    zh: '~/.aws 中没有这个名字的 profile。',
  },
  'access-withdrawn': {
    en: 'Have it given again (or get back into the network that has it) and run the same command again: nothing is lost.',
    zh: '恢复权限（或连回有权限的网络）后再次运行同一条命令即可继续，已下载的不会丢失。',
  },
  ExpiredToken: {
    en: 'Renew them (aws sso login, say) and run the same command again: nothing is lost.',
    zh: '更新后（例如 aws sso login）再次运行同一条命令即可继续，已下载的不会丢失。',
  },
}

/** Follows the sentence about what ended the whole run; empty where there is nothing to add. */
export function adviceFor(failure: Failure, language: Language): string {
  const advice = (ADVICE_BY_CODE[failure.code ?? ''] ?? adviceByDetails(failure) ?? ADVICE[failure.class])?.[language]
  return advice ? `${language === 'zh' ? '' : ' '}${advice}` : ''
}

function adviceByDetails(failure: Failure) {
  const { class: failureClass, code, httpStatus, region, subject = '', detail = '' } = failure
  if (isOfKeys(failure)) return CHECK_THE_KEYS
  if (code === 'empty-prefix' && /[*?]/.test(subject)) return NO_PATTERN_THERE
  if (failureClass === 'disk' && (code === 'EEXIST' || code === 'ENOTDIR')) return FILE_IN_THE_WAY
  if (failureClass === 'proxy' && httpStatus === 407) return PROXY_LOGIN
  if (failureClass === 'wrong-region' && region === undefined) return NAME_THE_REGION
  return failureClass === 'tls' && detail.includes('wrong version number') ? NO_TLS_THERE : undefined
}

function regionHint({ class: failureClass, region }: Failure, language: Language): string {
  if (failureClass !== 'wrong-region' || !region) return ''
  return language === 'zh' ? `请用 --region ${printable(region)}。` : ` Use --region ${printable(region)}.`
}

/** Codes of S3 and of the operating system have capitals; ours are for programs. */
function quotation({ code = '', httpStatus, detail = '' }: Failure, language: Language): string {
  const status = httpStatus === undefined ? '' : `HTTP ${httpStatus}`
  const foreignCode = /[A-Z]/.test(code) && !detail.includes(code) && code !== status ? code : ''
  const words = [status, foreignCode, detail ? `"${detail}"` : ''].filter((part) => part !== '').join(', ')
  if (!words) return ''
  return language === 'zh' ? `（${printable(words)}）` : ` (${printable(words)})`
}

const UNSEEN = new RegExp(`[\\u0000-\\u001f${UNSEEN_SIGNS}]+`, 'g')

/**
 * One line without control characters, neither for the cursor nor for
 * the direction of text: names come from other people's buckets.
 */
export const printable = (text: string): string => text.replace(UNSEEN, ' ')
