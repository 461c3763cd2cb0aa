import type { LogCause } from './log-analysis.ts'

/** `{field}` 取自证据；单位由字段名决定。 */
export type LogWords = {
  causes: Record<LogCause, { name: string; says: string; cure: string }>
  report: Record<
    | 'summary'
    | 'range'
    | 'nothing'
    | 'clean'
    | 'empty'
    | 'findings'
    | 'cure'
    | 'classes'
    | 'addresses'
    | 'prefixes'
    | 'actions'
    | 'hours'
    | 'bursts'
    | 'burst'
    | 'period'
    | 'performance'
    | 'rest',
    string
  >
}

export const logWordsZh: LogWords = {
  causes: {
    throttling: {
      name: 'S3 限流',
      says: '{errors} 个错误中有 {count} 个是 503 Slow Down 或 429。',
      cure: '减少线程数；Longhaul 会按前缀自动限速并在限流结束后恢复。旧工具请加请求限速并错开前缀。',
    },
    'line-cuts': {
      name: '线路中断',
      says: '{count} 个错误集中在 {bursts} 段时间内，多种网络错误同时出现；最大的一段始于 {from}，持续 {seconds}。',
      cure: '检查 Wi-Fi、VPN、路由器和运营商线路；在这些时刻看路由器日志。',
    },
    'periodic-cuts': {
      name: '连接被定时切断',
      says: '网络错误每隔 {period}集中出现一次，共 {bursts} 次。',
      cure: '多半是 NAT、VPN 或防火墙的定时器：在“设置 → 策略参数”中把“连接的最大年龄”（connectionMaxAgeSeconds）设得比这个间隔短，或调整那台设备。',
    },
    'one-address': {
      name: '某一个地址有问题',
      says: '{all} 个网络错误中有 {count} 个来自 {address}（共 {addresses} 个地址）。',
      cure: 'Longhaul 会暂停使用坏地址；旧工具请清空 DNS 缓存或换 DNS 服务器，以得到别的地址。',
    },
    resets: {
      name: '连接在传输中断开',
      says: '{errors} 个错误中有 {count} 个是连接被重置或提前关闭。',
      cure: '从断点续传即可；若频繁，检查 VPN、代理、防火墙，并让连接更早更换。',
    },
    stalls: {
      name: '连接停滞或过慢',
      says: '{errors} 个错误中有 {count} 个是读超时、停滞或过慢。',
      cure: '多半是连接老化或 NAT 超时：更换停滞的连接，不要空等超时；检查线路是否被占满。',
    },
    unreachable: {
      name: '连不上服务器',
      says: '{errors} 个错误中有 {count} 个是连接被拒绝、超时或不可达。',
      cure: '检查网络、代理和防火墙；线程太多时也会这样，请减少线程数。',
    },
    dns: {
      name: 'DNS 解析失败',
      says: '{errors} 个错误中有 {count} 个是域名解析失败。',
      cure: '换一台 DNS 服务器（设置 → 网络，或 --dns-server）；Longhaul 会缓存并提前刷新地址。',
    },
    tls: {
      name: '安全连接失败',
      says: '{errors} 个错误中有 {count} 个是证书或握手失败。',
      cure: '检查本机时间；单位网络拦截 TLS 时，请指定它的 CA 文件。',
    },
    proxy: {
      name: '代理拒绝',
      says: '{errors} 个错误中有 {count} 个来自代理。',
      cure: '检查代理的地址和账号，或不经过代理。',
    },
    'server-errors': {
      name: '服务端出错',
      says: '{errors} 个错误中有 {count} 个是服务端的 5xx。',
      cure: '通常自行恢复，重试即可；若持续，降低并发并查看服务状态。',
    },
    credentials: {
      name: '凭证无效',
      says: '有 {count} 个错误是凭证缺失、过期或签名不符。',
      cure: '重新登录或更新密钥；公开数据请用匿名访问。',
    },
    denied: { name: '没有权限', says: '有 {count} 个错误是 403。', cure: '换有权限的账号，或请存储桶所有者授权。' },
    'clock-skew': {
      name: '本机时间不准',
      says: '有 {count} 个错误是请求时间偏差过大。',
      cure: '打开系统的自动校时，然后重试。',
    },
    missing: {
      name: '对象不存在',
      says: '{errors} 个错误中有 {count} 个是对象或存储桶不存在。',
      cure: '检查前缀；对象可能在列举之后被删除。',
    },
    changed: {
      name: '对象中途被修改',
      says: '{errors} 个错误中有 {count} 个是对象已改变。',
      cure: '数据仍在更新：等更新结束再下载；Longhaul 会单独重下这些对象。',
    },
    corrupt: {
      name: '校验不符',
      says: '有 {count} 个错误是数据与校验值不符。',
      cure: '重下一次；若再出现，检查内存、磁盘和中间的代理。',
    },
    'disk-full': { name: '磁盘已满', says: '有 {count} 个错误是磁盘空间不足。', cure: '腾出空间或换目标盘，再继续。' },
    disk: {
      name: '磁盘写入失败',
      says: '有 {count} 个错误来自文件系统。',
      cure: '检查权限、杀毒软件、网络盘和磁盘健康。',
    },
    'pool-full': {
      name: '连接池太小',
      says: 'urllib3 丢弃了 {count} 条连接（Connection pool is full）。',
      cure: '旧工具：把 max_pool_connections 设为不小于线程数；否则每次都要重新握手。',
    },
    'too-many-files': {
      name: '连接或文件没有关闭',
      says: '{count} 个错误是打开的文件过多（Too many open files）。',
      cure: '旧工具：每个响应都要关闭（finally 或 with）；重启程序可暂时恢复。',
    },
    'pool-leak': {
      name: '连接泄漏',
      says: '曾有 {closeWait} 条连接停在 CLOSE_WAIT，本应为 0。',
      cure: '响应没有关闭：升级版本；重启程序可暂时恢复。',
    },
    'speed-decay': {
      name: '速度衰减',
      says: '{hours} 内，速度从 {firstBytesPerSecond} 降到 {lastBytesPerSecond}，只剩 {ratio}。',
      cure: '对照同一时段的错误与决策记录；在慢的时候运行一次诊断。',
    },
    'memory-growth': {
      name: '内存持续增长',
      says: '内存每小时增长 {rssBytesPerHour}。',
      cure: '把这份报告发给我们；重启程序后会从断点继续。',
    },
    'other-failures': {
      name: '其他错误',
      says: '{errors} 个错误中有 {count} 个不属于以上各类。',
      cure: '请看按类别的分组。',
    },
  },
  report: {
    summary: '{bytes}，{lines} 行，{errors} 个错误，{samples} 个性能快照。',
    range: '{from} 至 {to}',
    nothing: '没有认出任何错误或性能快照；请确认这是下载的日志。',
    empty: '日志是空的：没有记录过错误。',
    clean: '没有发现问题。',
    findings: '可能的原因',
    cure: '建议：{cure}',
    classes: '按类别',
    addresses: '按地址',
    prefixes: '按前缀',
    actions: '处理方式',
    hours: '按小时',
    bursts: '集中爆发',
    burst: '{from}，{seconds} 内 {count} 个',
    period: '每隔 {period}重复一次，共 {bursts} 次。',
    performance: '速度：开始 {firstBytesPerSecond}，最后 {lastBytesPerSecond}，历时 {hours}',
    rest: '其余 {others} 组',
  },
}
