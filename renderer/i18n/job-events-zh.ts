/** 引擎每一种事件的名称和句子。`{field}` 由 `renderer/job/words/fill-sentence.ts` 填入。 */
import type { EventCode } from '../../shared/engine-event.ts'

/** The first `lead` whose fields are all there, then every `detail` whose fields are all there. */
export type Sentence = { lead: string[]; details: string[] }

export const eventsZh: Record<EventCode, Sentence> = {
  'job-started': { lead: ['{resumed}', '任务开始'], details: [] },
  'listing-finished': {
    lead: ['列举完成：共 {objects} 个对象', '列举完成'],
    details: ['合计 {bytes}', '其中 {bytesKept} 已有，不重复下载', '用时 {seconds}'],
  },
  'pool-warming': { lead: ['正在预热连接池...'], details: ['{size} 条连接', '先解析、握手，再分配数据'] },
  'pool-warmed': { lead: ['连接池已预热'], details: ['{size} 条连接就绪', '用时 {seconds}'] },
  'pool-rebuilding': {
    lead: ['正在重建连接池...'],
    details: ['原因：{cause}', '第 {generation} 代', '共 {size} 条', '先预热新连接，旧连接逐一退役，速度不受影响'],
  },
  'pool-rebuilt': {
    lead: ['连接池已重建'],
    details: ['第 {generation} 代', '{size} 条连接全部更新', '用时 {seconds}'],
  },
  'connection-replaced': {
    lead: ['已更换连接：{cause}', '已更换连接'],
    details: ['地址 {address}', '持续 {seconds}', '该连接 {bytesPerSecond}', '全池中位数 {medianBytesPerSecond}'],
  },
  'connection-kept': {
    lead: ['保留现有连接：新连接并不更快，是线路慢，不是连接老化'],
    details: ['新连接 {freshBytesPerSecond}', '该连接 {bytesPerSecond}', '全池中位数 {medianBytesPerSecond}'],
  },
  throttled: {
    lead: ['S3 要求放慢（HTTP {status}）', 'S3 要求放慢'],
    details: ['前缀 {prefix}', '成功率 {successRate}', '服务器要求等待 {retryAfterMs}'],
  },
  'throttle-ended': { lead: ['限流结束，逐步恢复请求速率'], details: ['前缀 {prefix}', '历时 {seconds}'] },
  'rate-changed': {
    lead: ['请求速率调整为 {requestsPerSecond}', '请求速率已调整'],
    details: ['前缀 {prefix}', '成功率 {successRate}', '请求间隔 {delayMs}'],
  },
  'concurrency-changed': {
    lead: ['并发 {from} → {to}', '并发已调整'],
    details: ['{cause}', '有效速度 {goodputBytesPerSecond}'],
  },
  'health-check-failed': {
    lead: ['健康检查未通过'],
    details: ['应答 {latencyMs}', '{failure}', '连续第 {inARow} 次', '连续两次将重建连接池'],
  },
  'health-check-passed': { lead: ['健康检查恢复正常'], details: ['应答 {latencyMs}'] },
  'dns-failed': { lead: ['DNS 解析失败：{host}', 'DNS 解析失败'], details: ['{failure}', '自动重试'] },
  'dns-stale': {
    lead: ['DNS 暂不可用，继续使用已知地址：{host}', 'DNS 暂不可用，继续使用已知地址'],
    details: ['记录已有 {ageSeconds}'],
  },
  'dns-recovered': { lead: ['DNS 恢复正常：{host}', 'DNS 恢复正常'], details: ['中断 {seconds}'] },
  'address-quarantined': {
    lead: ['暂停使用地址 {address}', '暂停使用一个地址'],
    details: ['{cause}', '{seconds}后再试'],
  },
  'address-restored': { lead: ['重新启用地址 {address}', '重新启用一个地址'], details: [] },
  'cooling-down': {
    lead: ['开始冷却：关闭全部连接'],
    details: ['等待 {seconds}', '成功率 {successRate}', '之后以一半并发继续'],
  },
  'cooled-down': { lead: ['冷却结束，继续下载'], details: ['并发 {concurrency}'] },
  'time-window-closed': {
    lead: ['不在下载时段，{until} 自动开始', '不在下载时段，到时自动开始'],
    details: ['还需等待 {seconds}'],
  },
  'time-window-opened': { lead: ['已到下载时段，开始下载'], details: [] },
  'network-lost': { lead: ['新连接都被拒绝（{failure}），等待恢复', '网络中断，等待恢复'], details: [] },
  'network-restored': { lead: ['网络恢复，继续下载'], details: ['中断 {seconds}'] },
  'object-changed': {
    lead: ['服务器上的对象已更新，单独重新下载：{key}', '服务器上的对象已更新，单独重新下载'],
    details: [],
  },
  'file-damaged': {
    lead: ['文件与服务器上的不一致，重新下载：{key}', '文件与服务器上的不一致，重新下载'],
    details: [],
  },
  'file-set-aside': {
    lead: ['您原有的文件与对象同名，已改名保留：{key}', '您原有的文件与对象同名，已改名保留'],
    details: ['现为 {path}'],
  },
  'object-gone': {
    lead: ['服务器上已没有该对象，删除其未完成的部分：{key}', '服务器上已没有该对象'],
    details: ['删除 {bytes}'],
  },
  'object-failed': {
    lead: ['对象失败：{key}', '一个对象失败'],
    details: ['{failure}', '已尝试 {attempts} 次'],
  },
  'object-retried': { lead: ['重新排队：{key}', '对象重新排队'], details: [] },
  'path-mapped': {
    lead: ['键名不能直接用作文件名，已改名：{key}', '键名不能直接用作文件名，已改名'],
    details: ['存为 {path}'],
  },
  'journal-repaired': { lead: ['断点记录的尾部不完整，已截去并修复'], details: ['截去 {bytes}'] },
  'disk-full': { lead: ['磁盘空间不足，任务已停下'], details: ['位置 {path}', '还需 {needBytes}', '可用 {freeBytes}'] },
  'files-short': {
    lead: ['本机不允许再打开更多文件，暂时减少连接'],
    details: ['{code}', '已有连接 {connections} 个'],
  },
  'disk-slow': { lead: ['磁盘写入变慢'], details: ['单次写入 {writeMs}', '位置 {path}'] },
  'limits-changed': {
    lead: ['按您的设置调整'],
    details: ['线程 {threadsBefore} → {threads}', '限速 {limitBytesPerSecond}'],
  },
  paused: { lead: ['已暂停'], details: ['{cause}'] },
  resumed: { lead: ['继续下载'], details: ['{cause}'] },
  'decay-alert': {
    lead: ['速度衰减警报'],
    details: [
      '可能原因：{cause}',
      '地址 {address}',
      '单次写入 {writeMs}',
      '定时器迟到 {loopLagMs}',
      '获准 {requestsPerSecond}',
      '成功率 {successRate}',
      '连接速度衰减时间常数 {tauSeconds}',
      '{lostShare} 的连接时间耗在无响应的连接上',
      '趋势 {slopeMegabytesPerSecondPerHour}',
      '可信度 {confidence}',
      '基准 {baselineBytesPerSecond}',
      '当前 {bytesPerSecond}',
      '{minutesSinceChange} 分钟前开始',
    ],
  },
  'retirement-age-learned': {
    lead: ['测得连接的退役年龄：{seconds}', '已测得连接的退役年龄'],
    details: ['速度衰减时间常数 {tauSeconds}', '建立一条连接需 {handshakeMs}'],
  },
  'ageing-refuted': {
    lead: ['撤回“连接老化”的结论：换新连接后总速度没有提高，是线路已满'],
    details: ['有效速度 {goodputBytesPerSecond}', '此前 {beforeBytesPerSecond}'],
  },
  'job-finished': {
    lead: ['任务结束：{status}', '任务结束'],
    details: ['用时 {seconds}', '{objectsUnproven} 个对象无从校验'],
  },
}

export const eventNamesZh: Record<EventCode, string> = {
  'job-started': '任务开始',
  'listing-finished': '列举完成',
  'pool-warming': '预热中',
  'pool-warmed': '已预热',
  'pool-rebuilding': '重建中',
  'pool-rebuilt': '已重建',
  'connection-replaced': '更换连接',
  'connection-kept': '保留连接',
  throttled: '限流',
  'throttle-ended': '限流结束',
  'rate-changed': '调速率',
  'concurrency-changed': '调并发',
  'health-check-failed': '健康检查未通过',
  'health-check-passed': '健康检查恢复',
  'dns-failed': 'DNS 失败',
  'dns-stale': 'DNS 用旧值',
  'dns-recovered': 'DNS 恢复',
  'address-quarantined': '暂停地址',
  'address-restored': '启用地址',
  'cooling-down': '冷却',
  'cooled-down': '冷却结束',
  'time-window-closed': '时段外',
  'time-window-opened': '时段开始',
  'network-lost': '断网',
  'network-restored': '网络恢复',
  'object-changed': '对象更新',
  'file-damaged': '文件损坏',
  'file-set-aside': '保留文件',
  'object-gone': '对象已不在',
  'object-failed': '对象失败',
  'object-retried': '对象重试',
  'path-mapped': '改名',
  'journal-repaired': '修复断点记录',
  'disk-full': '磁盘已满',
  'files-short': '打开的文件过多',
  'disk-slow': '磁盘变慢',
  'limits-changed': '改线程/限速',
  paused: '暂停',
  resumed: '继续',
  'decay-alert': '衰减警报',
  'retirement-age-learned': '退役年龄',
  'ageing-refuted': '撤回结论',
  'job-finished': '任务结束',
}
