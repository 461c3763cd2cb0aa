/** nginx as an S3 server that only reads: files are objects, pages written ahead are listings. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { endProcess } from '../end-process.ts'
import { findOnPath } from '../find-on-path.ts'
import type { ObjectSum } from '../sum-objects.ts'
import type { KeptChecksum } from '../workloads.ts'
import { type BenchServer, BUCKET, type ServerFolders } from './bench-server.ts'
import { makeSelfSignedCertificate } from './self-signed-certificate.ts'
import { untilListening } from './until-listening.ts'

/** Path of nginx; on Debian as root it is installed when it is missing. Undefined: there is none to be had. */
export function ensureNginx(): string | undefined {
  const found = findOnPath('nginx')
  if (found || !existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return found
  process.stderr.write('installing nginx ...\n')
  // Run level 1 keeps the package from starting its own server on port 80.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env })
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'nginx'], { stdio: 'ignore', env })
  return findOnPath('nginx')
}

/** `sums`: what objects are served with, beside their bytes. */
export async function startNginx(command: string, folders: ServerFolders, sums: ObjectSum[]): Promise<BenchServer> {
  const { certificate, privateKey } = makeSelfSignedCertificate(Date.now())
  const file = (name: string) => join(folders.own, name)
  const port = { http: await freePort(), tls: await freePort() }
  mkdirSync(file('temp'), { recursive: true })
  writeFileSync(file('certificate.pem'), certificate)
  writeFileSync(file('key.pem'), privateKey, { mode: 0o600 })
  writeFileSync(file('nginx.conf'), configuration(folders, port, sums))

  const nginx = spawn(command, ['-p', folders.own, '-e', file('error.log'), '-c', file('nginx.conf')], {
    stdio: 'ignore',
  })
  const isUp = await Promise.all([untilListening(port.http, nginx), untilListening(port.tls, nginx)])
  if (!isUp.every(Boolean)) {
    await endProcess(nginx)
    const log = existsSync(file('error.log')) ? readFileSync(file('error.log'), 'utf8').slice(-2000) : ''
    throw new Error(`nginx does not start: ${log}`)
  }
  return {
    name: versionOf(command),
    url: { http: `http://127.0.0.1:${port.http}`, tls: `https://127.0.0.1:${port.tls}` },
    caFile: file('certificate.pem'),
    close: () => endProcess(nginx),
  }
}

const versionOf = (command: string): string =>
  /nginx\/[\d.]+/.exec(spawnSync(command, ['-v'], { encoding: 'utf8' }).stderr)?.[0] ?? 'nginx'

/** `$page_of` and `$prefix` come from the query of ListObjectsV2; a request without a prefix asks for the bucket. */
function configuration(
  { objects, listings, own }: ServerFolders,
  port: { http: number; tls: number },
  sums: ObjectSum[],
): string {
  const sumsOf = (checksum: KeptChecksum) =>
    sums.map((sum) => (sum.checksum === checksum ? `    "/${BUCKET}/${sum.key}" "${sum.value}";\n` : '')).join('')
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path "${join(own, 'temp', name)}";`)
    .join('\n')
  return `
${user}
daemon off;
worker_processes ${availableParallelism()};
pid "${join(own, 'nginx.pid')}";
events { worker_connections 1024; }
http {
${temporary}
  access_log off;
  sendfile on;
  tcp_nopush on;
  default_type application/octet-stream;
  open_file_cache max=20000 inactive=600s;
  open_file_cache_valid 600s;
  map_hash_max_size 65536;
  map_hash_bucket_size 128;
  map $args $prefix {
    default bucket;
    "~(?:^|&)prefix=(?<name>[a-z]+)(?:%2F|/|&|$)" $name;
  }
  map $args $page_of {
    default 1;
    "~(?:^|&)continuation-token=page-(?<number>[0-9]+)" $number;
  }
  map $uri $crc64nvme {
    default "";
${sumsOf('CRC64NVME')}  }
  map $uri $crc32 {
    default "";
${sumsOf('CRC32')}  }
  server {
    listen 127.0.0.1:${port.http};
    listen 127.0.0.1:${port.tls} ssl;
    ssl_certificate "${join(own, 'certificate.pem')}";
    ssl_certificate_key "${join(own, 'key.pem')}";
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:bench:1m;
    root "${objects}";
    location ~ ^/${BUCKET}/?$ {
      root "${listings}";
      default_type application/xml;
      types { }
      try_files /$prefix-$page_of.xml =404;
    }
    location /${BUCKET}/ {
      # Without a value there is no header.
      add_header x-amz-checksum-crc64nvme $crc64nvme;
      add_header x-amz-checksum-crc32 $crc32;
    }
  }
}
`
}

/** Free a moment ago; nobody else asks for it in the meantime on a machine that is being measured. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
