/** 诊断的中文。`{{名}}` 是测得的数值或门限;门限那一句只用门限里的名字。 */
import type { Cause, CheckCode, CheckVerdict } from './diagnosis.ts'

export type DiagnosisWords = {
  checks: Record<CheckCode, { name: string; threshold: string }>
  /** 一切正常、或说不出的原因没有建议。 */
  causes: Record<Cause, { says: string; advice?: string }>
  verdicts: Record<CheckVerdict, string>
  report: {
    title: string
    made: string
    seconds: string
    version: string
    system: string
    address: string
    localOnly: string
    folder: string
    summary: string
    findings: string
    notAsked: string
    allWell: string
    all: string
    value: string
    threshold: string
    cause: string
    advice: string
    evidence: string
  }
}

export const diagnosisWordsZh: DiagnosisWords = {
  checks: {
    sockets: {
      name: '连接数（ESTABLISHED）',
      threshold: '健康 {{healthyFrom}}–{{healthyTo}} 个；超过 {{leakAbove}} 个为泄漏',
    },
    'close-wait': { name: 'CLOSE_WAIT 连接', threshold: '应为 {{notice}}' },
    throttling: { name: '限流（503 / 429）', threshold: '成功率不低于 {{least}}' },
    addresses: { name: '服务地址', threshold: '' },
    'dns-system': { name: '系统 DNS 解析', threshold: '超过 {{notice}} 偏慢，超过 {{bad}} 异常' },
    'dns-server': { name: '直接询问 DNS 服务器', threshold: '超过 {{notice}} 偏慢，超过 {{bad}} 异常' },
    bucket: { name: '列举存储桶', threshold: '超过 {{notice}} 偏慢，超过 {{bad}} 不健康' },
    head: { name: 'HEAD 延迟', threshold: '超过 {{notice}} 偏慢，超过 {{bad}} 不健康' },
    'first-byte': { name: '首字节时间', threshold: '超过 {{notice}} 偏慢，超过 {{bad}} 不健康' },
    'single-speed': { name: '单连接速度', threshold: '不低于 {{least}}' },
    'parallel-speed': { name: '多连接速度', threshold: '不低于 {{least}}' },
    'clock-skew': { name: '时钟偏差', threshold: '超过 {{notice}}偏大，超过 {{bad}}会被 S3 拒绝' },
    proxy: { name: '代理', threshold: '' },
    vpn: { name: 'VPN / 隧道', threshold: '' },
    mtu: { name: 'MTU', threshold: '不低于 {{full}}；低于 {{least}} 异常' },
    'other-traffic': { name: '其他程序的流量', threshold: '不超过 {{notice}}' },
    'disk-speed': { name: '磁盘写入速度', threshold: '不低于 {{notice}}；低于 {{bad}} 异常' },
    'disk-latency': { name: '磁盘写入延迟', threshold: '超过 {{notice}} 繁忙，超过 {{bad}} 异常' },
    'free-space': { name: '剩余空间', threshold: '不少于 {{notice}}；少于 {{bad}} 异常' },
    memory: { name: '内存占用', threshold: '超过 {{notice}} 偏高，超过 {{bad}} 异常' },
    'memory-slope': { name: '内存增长', threshold: '超过 {{notice}} 可疑，超过 {{bad}} 为泄漏' },
    cpu: { name: 'CPU', threshold: '超过 {{notice}} 繁忙，超过 {{bad}} 满载' },
    'loop-lag': { name: '程序响应延迟', threshold: '超过 {{notice}} 偏慢，超过 {{bad}} 异常' },
  },
  causes: {
    'sockets-idle': { says: '现在没有下载在运行，{{established}} 个连接。' },
    'sockets-of-others': {
      says: '现在没有本程序的下载在运行；通往这个服务的有 {{established}} 个连接（{{programs}}）。',
    },
    'sockets-healthy': { says: '{{established}} 个连接，在健康范围内（{{programs}}）。' },
    'sockets-few': {
      says: '下载在运行，却只有 {{established}} 个连接。',
      advice: '在任务页看并发数和“决策记录”：可能正在降速、冷却，或多开连接并不更快。',
    },
    'sockets-many': {
      says: '{{established}} 个连接，多于健康范围（{{programs}}）。',
      advice: '过几分钟再诊断一次；若仍在增长，点“立即重建连接池”。',
    },
    'sockets-as-set': { says: '{{established}} 个连接，与设定的线程数 {{threads}} 相符。' },
    'sockets-as-governed': { says: '{{established}} 个连接：更多并不会更快，程序自己只用这么多。' },
    'sockets-leak': {
      says: '{{established}} 个连接，超过所需：连接在泄漏（{{programs}}）。',
      advice:
        '点“立即重建连接池”；若数量仍上升，暂停后继续（从断点续传），并把本报告发给我们。若是旧工具，请检查 finally 块：每个响应都要关闭。',
    },
    'close-wait-none': { says: '没有未关闭的响应。' },
    'close-wait-passing': {
      says: '对方刚关闭了连接，随即已被清理。',
      advice: '短暂出现属正常；若每次诊断都有，请重建连接池。',
    },
    'close-wait-stuck': {
      says: '{{stuck}} 个连接对方早已关闭，这边一直没有关闭（{{programs}}）。',
      advice:
        '点“立即重建连接池”；若仍然存在，重启程序（会从断点继续），并把本报告发给我们。若是旧工具：响应没有关闭，请升级或检查 finally 块。',
    },
    'not-throttled': { says: '没有请求被限流。' },
    throttled: {
      says: 'S3 正在限流：部分请求得到 503 或 429。',
      advice: '程序会自动降速；减少线程数，或等几分钟让 S3 恢复。',
    },
    'was-throttled': {
      says: '下载期间曾有 {{throttledInJobs}} 次请求被限流，现在正常。',
      advice: '不必处理；若反复发生，减少线程数。',
    },
    'addresses-found': { says: '解析到：{{addresses}}。' },
    'addresses-fake': {
      says: '得到的是代理软件的虚拟地址：{{addresses}}。',
      advice: '流量会经过该代理软件；为 S3 域名设置直连规则后再试。',
    },
    'addresses-dead': {
      says: '{{dead}} 无法连接，其余地址可以连接。',
      advice: '下载会避开它；若换一个 DNS 服务器得到的地址不同，就改用那一个，或用 --resolve 指定可用的地址。',
    },
    'dns-fast': { says: '解析正常。' },
    'dns-slow': { says: '解析偏慢。', advice: '程序会缓存地址；可在设置里换一个 DNS 服务器。' },
    'dns-very-slow': {
      says: '解析非常慢，每次新建连接都会受影响。',
      advice: '在设置里换一个 DNS 服务器（--dns-server）。',
    },
    'dns-dead': {
      says: '系统 DNS 没有给出 {{subject}} 的地址。',
      advice: '检查网络连接和主机名；或在设置里指定 DNS 服务器。',
    },
    'dns-server-dead': {
      says: '指定的 DNS 服务器 {{server}} 没有应答。',
      advice: '换一个 DNS 服务器，或去掉这项设置；在此之前程序会退回到系统解析。',
    },
    'dns-own-servers-dead': {
      says: '直接询问 {{server}} 没有应答，只能通过系统解析。',
      advice: '常见于 VPN 和企业网络，不影响下载；但地址无法提前刷新。',
    },
    'dns-server-unknown': {
      says: '{{server}} 答复：没有 {{subject}} 这个名字。',
      advice: '检查主机名；若系统解析能找到它，可能是内网域名，不必处理。',
    },
    'dns-not-needed': { says: '地址是固定的，不需要解析。' },
    'bucket-readable': { says: '可以列举。' },
    'bucket-empty': { says: '这个前缀下没有对象。', advice: '检查前缀的拼写和结尾的“/”。' },
    'latency-good': { says: '应答及时。' },
    'latency-high': { says: '应答偏慢。', advice: '线路远或拥塞；VPN、代理也会增加延迟。' },
    'latency-unhealthy': {
      says: '应答超过 5 秒：连接或服务不健康。',
      advice: '重建连接池；若仍然如此，暂停几分钟再继续，或换一条线路。',
    },
    'no-object': { says: '没有可以试读的对象。' },
    'speed-measured': { says: '测得速度。' },
    'speed-very-low': { says: '速度极低。', advice: '看下面的代理、VPN、其他流量和 DNS；换一条线路对比。' },
    'fresh-is-faster': {
      says: '新连接明显快于任务中的连接（{{jobConnectionBytesPerSecond}}）：连接已老化。',
      advice: '点“立即重建连接池”，速度会恢复；程序也会自行学习更换周期。',
    },
    'many-help': { says: '{{connections}} 个连接是单连接的 {{timesSingle}} 倍：多开连接有用。' },
    'line-is-full': { says: '{{connections}} 个连接与单连接差不多：线路已满，多开连接没有用。' },
    'many-hurt': {
      says: '{{connections}} 个连接反而更慢，只有单连接的 {{timesSingle}} 倍。',
      advice: '减少线程数；路由器、VPN 或运营商可能限制了连接数。',
    },
    'speed-of-job': { says: '正在运行的任务用 {{connections}} 个连接达到的速度。' },
    'speed-of-machine': { says: '另一个程序正在下载：这是本机此刻收到的总速度，没有打扰它。' },
    'job-too-young': { says: '任务刚刚开始，速度还说不出。' },
    'speed-not-disturbed': { says: '下载正在运行且不宜打扰，没有另外测速。' },
    'speed-too-short': { says: '可读的对象太小，测不出速度。' },
    'speed-at-limit': { says: '速度受设定的限速约束，线路能到多少没有测。' },
    'clock-right': { says: '时钟准确。' },
    'clock-off': { says: '本机时钟偏差较大。', advice: '打开系统的自动校时。' },
    'clock-refused': { says: '本机时钟偏差超过 15 分钟，S3 会拒绝签名。', advice: '校准系统时间。' },
    'no-proxy': { says: '没有使用代理。' },
    'proxy-in-use': {
      says: '流量经过代理 {{proxy}}。',
      advice: '代理常是瓶颈：在设置里选“不用代理”（--proxy none）对比一次。',
    },
    'no-vpn': { says: '没有发现 VPN 或隧道。' },
    'vpn-in-use': { says: '有 VPN 或隧道：{{interfaces}}。', advice: '断开后再诊断一次，对比速度。' },
    'mtu-full': { says: '正常（{{interface}}）。' },
    'mtu-small': { says: '偏小（{{interface}}），多见于隧道。', advice: '若下载会无故停住，断开 VPN 对比一次。' },
    'mtu-very-small': { says: '过小（{{interface}}），大包可能被丢弃。', advice: '检查网卡或 VPN 的 MTU 设置。' },
    'line-is-ours': { says: '其他程序几乎没有占用带宽。' },
    'line-is-shared': { says: '其他程序也在下载。', advice: '看系统的任务管理器或流量统计，是哪个程序。' },
    'line-is-taken': { says: '带宽大半被其他程序占用。', advice: '暂停云盘同步、系统更新或其他下载。' },
    'disk-fast': { says: '磁盘正常。' },
    'disk-slow': { says: '磁盘偏慢。', advice: '换到本机固态硬盘，或避开网络盘和 U 盘。' },
    'disk-very-slow': {
      says: '磁盘极慢，会拖慢下载。',
      advice: '换一个磁盘；检查是否为网络盘、是否有杀毒软件逐个扫描。',
    },
    'disk-slower-than-line': {
      says: '磁盘比线路慢（线路 {{lineBytesPerSecond}}）：瓶颈在磁盘。',
      advice: '换到更快的磁盘；多开线程没有用。',
    },
    'disk-busy': { says: '磁盘繁忙。', advice: '减少线程数，或关闭同时写盘的程序。' },
    'disk-very-busy': { says: '磁盘几乎卡住。', advice: '换到固态硬盘；检查磁盘健康和同时写盘的程序。' },
    'space-enough': { says: '空间足够。' },
    'space-short': { says: '空间可能不够。', advice: '先腾出空间，或换一个文件夹。' },
    'space-below-listed': {
      says: '单是列出的前一批对象就有 {{listedBytes}}，未必放得下（其中可能有已下载的）。',
      advice: '先腾出空间，或换一个文件夹。',
    },
    'space-gone': { says: '磁盘快满了。', advice: '腾出空间；空间不足时任务会暂停，不会丢失数据。' },
    'memory-normal': { says: '正常。' },
    'memory-high': { says: '偏高。', advice: '对象极多时会这样；若还在增长，请看“内存增长”。' },
    'memory-very-high': { says: '过高。', advice: '重启程序（会从断点继续），并把本报告发给我们。' },
    'memory-flat': { says: '没有增长（{{samples}} 次采样）。' },
    'memory-grows': { says: '在缓慢增长。', advice: '一小时后再诊断一次。' },
    'memory-leaks': { says: '持续增长：内存在泄漏。', advice: '重启程序（会从断点继续），并把本报告发给我们。' },
    'memory-too-early': { says: '还说不出：每 10 分钟采样一次，至少要 20 分钟。' },
    'cpu-free': { says: '有余量（本程序占 {{ownRatio}}）。' },
    'cpu-busy': { says: '繁忙（本程序占 {{ownRatio}}）。', advice: '关闭占用 CPU 的其他程序。' },
    'cpu-full': { says: '满载（本程序占 {{ownRatio}}）。', advice: '关闭占用 CPU 的其他程序；减少线程数。' },
    'loop-free': { says: '响应及时。' },
    'loop-late': { says: '响应偏慢。', advice: '机器繁忙；看 CPU 和磁盘两项。' },
    'loop-blocked': { says: '响应很慢。', advice: '机器过载；关闭其他程序，减少线程数。' },
    'not-asked': { says: '没有填写地址，未检查。' },
    'not-reached': { says: '因前面的问题，没有检查到这里。' },
    'cannot-tell': { says: '这里无法得知。' },
    'out-of-time': { says: '时间到了，没有得到结果。', advice: '再诊断一次；若总是如此，先看前面的问题。' },
    stopped: { says: '诊断被停止。' },
    'failed-denied': {
      says: '没有权限（HTTP {{httpStatus}} {{code}}）。',
      advice: '检查账号的权限；公开数据请选匿名访问（--no-sign-request）。',
    },
    'failed-credentials': {
      says: '凭证不可用（{{code}}）。',
      advice: '检查密钥或配置文件；公开数据请选匿名访问（--no-sign-request）。',
    },
    'failed-missing-bucket': { says: '没有这个存储桶。', advice: '检查桶名和服务地址。' },
    'failed-missing': { says: '没有这个对象。', advice: '检查前缀的拼写。' },
    'failed-region': { says: '存储桶在另一个区域。', advice: '填写正确的区域（--region）。' },
    'failed-addressing': {
      says: '该服务只接受虚拟主机方式（存储桶名在主机名前）的访问（{{code}}）。',
      advice: '请用服务的主机名和虚拟主机方式（--virtual-hosted），不要用 IP 地址。',
    },
    'failed-dns': { says: '找不到主机 {{subject}} 的地址。', advice: '检查网络连接、主机名和 DNS 设置。' },
    'failed-connect': { says: '无法连接 {{subject}}（{{code}}）。', advice: '检查网络、防火墙和服务地址。' },
    'failed-tls': {
      says: '无法建立安全连接（{{code}}）。',
      advice: '检查系统时间；企业网络请在设置里填写证书文件（--ca-file）。',
    },
    'failed-proxy': { says: '代理拒绝连接（{{code}}）。', advice: '检查代理设置，或不用代理（--proxy none）。' },
    'failed-clock': { says: '本机时钟偏差太大，请求被拒绝。', advice: '校准系统时间。' },
    'failed-throttled': { says: 'S3 要求减速（{{code}}）。', advice: '等几分钟再试，或减少线程数。' },
    'failed-server': { says: '服务器出错（HTTP {{httpStatus}} {{code}}）。', advice: '稍后再试；与本机无关。' },
    'failed-cut': {
      says: '连接中途被切断（{{code}}）。',
      advice: '线路不稳、防火墙或代理切断了连接；换一条线路对比。',
    },
    'failed-timeout': { says: '等待超过 6 秒没有应答。', advice: '服务或线路不健康；暂停几分钟再试，或换一条线路。' },
    'failed-protocol': {
      says: '应答的不是 S3 服务（{{code}}）。',
      advice: '检查服务地址；公共 Wi-Fi 可能需要先登录。',
    },
    'failed-listing': {
      says: '列表翻不到下一页（{{code}}）。',
      advice: '这是服务端（或它前面的缓存）的故障，请联系服务方。',
    },
    'failed-disk-full': { says: '磁盘已满。', advice: '腾出空间，或换一个文件夹。' },
    'failed-disk-denied': { says: '没有写入权限。', advice: '换一个文件夹，或修改它的权限。' },
    'failed-disk': { says: '文件系统报错（{{code}}）。', advice: '检查磁盘和文件夹。' },
    'failed-setting': { says: '设置 {{subject}} 不可用。', advice: '在设置里改正后再试。' },
  },
  verdicts: { ok: '正常', notice: '注意', bad: '异常', unknown: '不明' },
  report: {
    title: 'Longhaul 诊断报告',
    made: '时间',
    seconds: '用时',
    version: '版本',
    system: '系统',
    address: '地址',
    localOnly: '（只检查本机；给出 s3:// 地址可一并检查服务和线路）',
    folder: '文件夹',
    summary: '{{bad}} 项异常，{{notice}} 项注意，{{ok}} 项正常，{{unknown}} 项不明',
    findings: '发现的问题',
    notAsked: '没有填写地址，以下各项未检查：{{names}}。',
    allWell: '没有发现问题。',
    all: '全部检查',
    value: '测得',
    threshold: '门限',
    cause: '原因',
    advice: '建议',
    evidence: '依据',
  },
}
