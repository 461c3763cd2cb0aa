/** What holds the speed back: its name, why it is taken for the cause, and what to do about it. */
import type { Limit } from '../../shared/metrics-snapshot.ts'

export type LimitWords = { name: string; because: string; explanation: string; advice: string }

export const limitsZh: Record<Limit['code'], LimitWords> = {
  none: {
    name: '无',
    because: '没有发现限制速度的因素',
    explanation: '请求成功，磁盘和处理器都有余量，连接之间没有明显差异。',
    advice: '无需操作。',
  },
  line: {
    name: '线路',
    because: '未被限流，本机有余量，速度由线路决定',
    explanation:
      '请求没有被拒绝，磁盘和处理器都有余量，连接也没有老化：速度由带宽、服务器给每条连接的速度，或线路上的其他流量决定。',
    advice: '如果低于预期，检查同一网络上的其他下载、VPN 或无线信号；并发已到上限时，可以增加线程。',
  },
  latency: {
    name: '等待应答',
    because: '小对象：每个都要一次请求，等首字节比收数据更久',
    explanation: '连接的大部分时间花在发出请求到应答首字节之间：速度由对象数量决定，而不是带宽。',
    advice: '增加线程可以同时请求更多对象；离服务器更近也有帮助：不经 VPN，或使用与存储桶同区域的机器。',
  },
  throttling: {
    name: 'S3 限流',
    because: '服务器以 503/429 要求放慢',
    explanation: '同一前缀的请求太密，S3 正在拒绝一部分。请求速率已自动降低，限流结束后自动恢复。',
    advice: '无需操作。若持续发生，可减少线程或错开高峰时段。',
  },
  ageing: {
    name: '连接老化',
    because: '旧连接越来越慢，新连接明显更快',
    explanation: '实验证明新建的连接比旧连接快，正在从最老的开始逐一更换。',
    advice: '无需操作，连接池会自行更新。',
  },
  address: {
    name: '个别地址',
    because: '一个服务器地址明显差于其他地址',
    explanation: '服务器的一个 IP 地址极慢、出错或拒绝其他地址所允许的请求，该地址会暂停使用，稍后再试。',
    advice: '无需操作。详见“地址”页。',
  },
  dns: {
    name: 'DNS',
    because: '服务器的域名解析不出地址',
    explanation: 'DNS 没有应答或没有给出地址，也没有剩下可用的连接。',
    advice: '可在设置中指定另一台 DNS 服务器。',
  },
  disk: {
    name: '磁盘',
    because: '写入跟不上接收',
    explanation: '数据到达得比磁盘写得快，接收在等待写入。',
    advice: '换到更快的磁盘（SSD），或关闭正在占用该磁盘的程序。',
  },
  cpu: {
    name: '本机处理器',
    because: '处理器繁忙，程序来不及处理数据',
    explanation: '定时器明显迟到，说明处理器被占满。',
    advice: '关闭占用处理器的程序，或减少线程。',
  },
  'user-limit': {
    name: '您设置的上限',
    because: '已达到任务设定的限速',
    explanation: '数据到达的速度已是任务限速所允许的。',
    advice: '提高限速即可更快。',
  },
  server: {
    name: '服务器',
    because: '一部分请求被服务器以 5xx 错误应答，或答非所问',
    explanation: '最近的请求中超过十分之一得到服务器错误，或并非所请求的内容，只能重新请求。',
    advice: '稍后通常会恢复；程序会自动重试。',
  },
  silence: {
    name: '连接无响应',
    because: '连接一再停住不动或极慢',
    explanation:
      '连接还开着却几秒收不到数据，常见于会丢弃长连接的路由器、VPN 或防火墙。程序一发现就更换，但等待仍然损失速度。',
    advice: '若持续发生，可暂时不用 VPN 或代理，或改用网线，看是哪一段丢弃了连接。',
  },
  'turned-away': {
    name: '连接被拒绝',
    because: '证书不受信任或代理拒绝，新连接无法建立',
    explanation: '对方有应答，但每个新连接在第一个请求之前就结束：出示的不是该服务的证书，或者代理不放行。',
    advice:
      '公共或访客网络可能要先在浏览器里登录；单位网络使用自己的证书时，请在设置中指定 CA 文件；并检查代理和系统时间。连接被接受后自动继续。',
  },
  'network-lost': {
    name: '网络中断',
    because: '所有连接都收不到数据',
    explanation: '新旧连接都没有收到一个字节，简单的询问也没有应答：网络似乎已断开，或整个服务不可用。',
    advice: '检查网线、无线网络或 VPN；恢复后自动继续。',
  },
  unanswered: {
    name: '服务器没有应答',
    because: '对存储桶的第一个请求还没有应答',
    explanation: '已请求对象列表，至今没有收到任何应答。',
    advice: '程序会再试几次；若一直没有应答，请检查地址、代理和网络。',
  },
}
