/**
 * 每一类失败给用户的一句话和一条建议。`plain` 用于没有对象名时,`named` 用于知道是哪一个时 (`{{subject}}`)。
 * 程序怎样处理下载途中的失败,见任务页的 `job-failures-zh.ts`。
 */
export const failuresZh = {
  throttled: {
    plain: 'S3 要求放慢请求。',
    named: 'S3 要求放慢请求：{{subject}}。',
    advice: '稍等片刻再试；若经常发生，请减少线程数。',
  },
  'server-error': {
    plain: '服务器暂时出错。',
    named: '服务器暂时出错：{{subject}}。',
    advice: '通常很快恢复，请稍后再试。',
  },
  stalled: {
    plain: '服务器没有在限定时间内应答。',
    named: '{{subject}} 没有在限定时间内应答。',
    advice: '检查网络、VPN 或代理是否畅通，然后再试。',
  },
  slow: {
    plain: '连接过慢。',
    named: '与 {{subject}} 的连接过慢。',
    advice: '检查网络是否被其他程序占用，然后再试。',
  },
  reset: {
    plain: '连接在应答完成前被中断。',
    named: '与 {{subject}} 的连接在应答完成前被中断。',
    advice: '请再试一次；若反复发生，检查 VPN、代理或防火墙。',
  },
  connect: {
    plain: '无法连接到服务器。',
    named: '无法连接到 {{subject}}。',
    advice: '检查网络和服务地址；需要代理时，请在“设置 → 网络”中填写。',
  },
  dns: {
    plain: '找不到服务器的地址。',
    named: '找不到主机 {{subject}} 的地址。',
    advice: '检查主机名有没有写错、网络是否连通；也可以在“设置 → 网络”中换一台 DNS 服务器。',
  },
  tls: {
    plain: '无法建立安全连接：服务器的证书不受信任。',
    named: '无法与 {{subject}} 建立安全连接：证书不受信任。',
    advice: '若单位网络使用自己的证书，请在“设置 → 网络”中指定 CA 文件；同时检查本机时间是否准确。',
  },
  proxy: {
    plain: '代理服务器拒绝了连接。',
    named: '代理服务器 {{subject}} 拒绝了连接。',
    advice: '检查“设置 → 网络”中的代理地址、账号，或改为不用代理。',
  },
  denied: {
    plain: '没有访问权限。',
    named: '没有权限访问 {{subject}}。',
    advice: '公开数据请选“匿名”；否则换一个有权限的账号，或请存储桶的所有者授权；有的存储桶要勾选“请求者付费”。',
  },
  credentials: {
    plain: '账号凭证不可用：没有找到、已过期或签名不符。',
    named: '账号凭证 {{subject}} 不可用：没有找到、已过期或签名不符。',
    advice: '公开数据请选“匿名”；否则重新登录（如 aws sso login）或重新填写密钥。',
  },
  'clock-skew': {
    plain: '本机时间与服务器相差太大。',
    named: '本机时间与 {{subject}} 相差太大。',
    advice: '请校准系统时间，然后再试。',
  },
  'missing-bucket': {
    plain: '这个存储桶不存在。',
    named: '存储桶 {{subject}} 不存在。',
    advice: '检查名称的拼写；若不是 AWS 的存储桶，请填写服务地址。',
  },
  missing: {
    plain: '这个前缀下没有任何对象。',
    named: '{{subject}} 下没有任何对象。',
    advice: '检查前缀的拼写（区分大小写），或点“浏览”挑选。',
  },
  'wrong-region': {
    plain: '存储桶不在所填的区域。',
    named: '存储桶 {{subject}} 不在所填的区域。',
    advice: '把区域留空让程序自动识别，或填写正确的区域。',
  },
  'redirect-refused': {
    plain: '服务器要求跳转到别处，已拒绝。',
    named: '{{subject}} 要求跳转到别处，已拒绝。',
    advice: '检查服务地址是否正确；有的网络需要先在浏览器里登录。',
  },
  changed: {
    plain: '对象在读取途中被更新了。',
    named: '对象 {{subject}} 在读取途中被更新了。',
    advice: '请再试一次，会重新读取新的版本。',
  },
  archived: {
    plain: '对象已归档，恢复之前不能读取。',
    named: '对象 {{subject}} 已归档，恢复之前不能读取。',
    advice: '请存储桶的所有者先从 Glacier 恢复它。',
  },
  protocol: {
    plain: '服务器的应答无法理解。',
    named: '{{subject}} 的应答无法理解。',
    advice: '检查服务地址是否真的是 S3 服务；有的网络会改写应答。',
  },
  corrupt: {
    plain: '收到的数据与校验值不符。',
    named: '{{subject}} 的数据与校验值不符。',
    advice:
      '请重试；若仍不符，可能是代理改写了内容，或源文件已损坏。所有对象都不符时，该服务的 ETag 不是校验和，请把“校验”改为“大小与 ETag”。',
  },
  'disk-full': {
    plain: '磁盘空间不足。',
    named: '{{subject}} 所在的磁盘空间不足。',
    advice: '腾出空间，或换一个文件夹；已下载的部分不会丢失。',
  },
  'disk-denied': {
    plain: '文件夹不可写。',
    named: '文件夹 {{subject}} 不可写。',
    advice: '换一个文件夹，或检查权限和磁盘的写保护。',
  },
  'disk-gone': {
    plain: '文件夹不在：磁盘或网络位置没有接上，或文件夹被移动、删除。',
    named: '{{subject}} 不在：磁盘或网络位置没有接上，或文件夹被移动、删除。',
    advice: '请接好磁盘或把文件夹放回原处：已下载到那里的不会丢失，其余会接着下载。',
  },
  disk: {
    plain: '磁盘读写出错。',
    named: '读写 {{subject}} 时磁盘出错。',
    advice: '检查磁盘是否连接正常，或换一个文件夹。',
  },
  locked: {
    plain: '另一个任务正在使用这个文件夹。',
    named: '另一个任务正在使用文件夹 {{subject}}。',
    advice: '等它结束或取消它，或换一个文件夹。',
  },
  'unsafe-path': {
    plain: '这个键名没有安全的文件路径。',
    named: '键名 {{subject}} 没有安全的文件路径。',
    advice: '这个对象不会下载；请用“排除”把它略去。',
  },
  cancelled: { plain: '已取消。', named: '{{subject}} 已取消。', advice: '需要时可以重新开始。' },
  usage: {
    plain: '有一项设置无法使用。',
    named: '设置“{{subject}}”无法使用。',
    advice: '请修改这一项，然后再试。',
  },
  /** Failures of the way between the window and the program, not of S3. */
  special: {
    regionKnown: '存储桶 {{subject}} 在区域 {{region}}，不在所填的区域。',
    regionKnownPlain: '存储桶在区域 {{region}}，不在所填的区域。',
    regionKnownAdvice: '把区域改为 {{region}}，或留空让程序自动识别。',
    noCredentials: '这台机器上没有找到账号凭证。',
    noCredentialsAdvice: '公开数据请选“匿名”；否则选一个配置、填写密钥，或先登录（如 aws sso login）。',
    expiredCredentials: '账号凭证已过期。',
    expiredCredentialsAdvice: '请重新登录（如 aws sso login），或填写新的密钥。',
    keysGone: '保存的密钥已经不在。',
    keysGoneAdvice: '可能已被忘记；没有系统密钥库时，密钥只保留到程序退出。请重新填写。',
    newKeysAdvice: '点“用这些设置新建…”，换一组密钥，即从断点继续；已下载的部分不会丢失。',
    signInAdvice: '重新登录（如 aws sso login）或更新账号配置，再点“继续”；已下载的部分不会丢失。',
    accessWithdrawn: '对 {{subject}} 的访问权限已被收回。',
    accessWithdrawnAdvice: '恢复权限，或连回有权限的网络，再继续下载；已下载的部分不会丢失。',
    bucketInHost: '该服务只接受虚拟主机方式（存储桶名在主机名前）的访问。',
    bucketInHostAdvice: '把寻址方式改为“自动”或“虚拟主机”，服务地址填写服务的主机名。',
    noService: '{{subject}} 上没有 S3 服务。',
    noServiceAdvice: '检查服务地址，连同端口和路径；公共 Wi-Fi 可能需要先登录。',
    listingStuck: '列表翻不到下一页。',
    listingStuckAdvice: '这是服务端（或它前面的缓存）的故障，请联系服务方。',
    fileHeld: '文件正被另一个程序占用。',
    fileHeldAdvice: '请在那个程序中关闭它，再重试失败的对象。',
    folderInTheWay: '那里已有同名的文件夹，文件无法放入。',
    folderInTheWayAdvice: '移走或改名该文件夹，再重试失败的对象。',
    writeProtected: '那里已有同名的只读文件，未被替换。',
    writeProtectedAdvice: '去掉它的只读属性或把它移走，再重试失败的对象。',
    notAbsolute: '“{{path}}”不是这台机器上的完整路径。',
    notAbsoluteAdvice: '请写完整路径，或点“选择”挑选文件夹。',
    fileTooLarge: '这个文件夹所在的文件系统不支持这样大的文件。',
    fileTooLargeAdvice: '换一个磁盘上的文件夹：例如 FAT32 不支持 4 GiB 及以上的文件。',
    deniedToAllAdvice:
      '这里不允许匿名访问：请换一种访问方式，用有权限的账号，或请存储桶的所有者授权；也请检查存储桶和前缀有没有写错。',
    pathTooLong: '路径太长，文件系统不支持。',
    pathTooLongAdvice: '换一个路径更短的文件夹。',
    programUnreachable: '联系不上 Longhaul 程序。',
    programUnreachableAdvice: '请确认程序仍在运行；恢复后会自动重新连接。',
    contractBroken: '程序的应答与页面不匹配。',
    contractBrokenAdvice: '页面可能是旧版本的：请刷新页面或重启程序。',
  },
  quotation: '原文：{{detail}}',
  httpStatus: 'HTTP {{status}}',
}
