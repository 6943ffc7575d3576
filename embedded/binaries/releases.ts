import { execFile } from 'node:child_process';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Report } from '../../lib/progress.js';
import { download, fetchText } from './download.js';
import { ETCD, KUBERNETES, KWOK } from './go-modules.js';
import { imageLayers } from './image-layers.js';
import { thisPlatform } from './platform.js';

/** Where the projects publish; tests give a server of their own. */
export interface ReleaseHosts {
  readonly kubernetes: string;
  readonly etcd: string;
  readonly kwok: string;
}

export const RELEASE_HOSTS: ReleaseHosts = {
  kubernetes: 'https://dl.k8s.io',
  etcd: 'https://github.com/etcd-io/etcd/releases/download',
  // kwok's GitHub releases come without checksums; its image names each layer by one.
  kwok: 'https://registry.k8s.io',
};

interface ReleaseOptions {
  readonly hosts: ReleaseHosts;
  readonly report: Report;
  readonly signal?: AbortSignal;
}

/** A small published file that stands for "the network is open". */
export function probeUrl(hosts: ReleaseHosts): string {
  return `${kubernetesUrl(hosts, 'kube-apiserver')}.sha256`;
}

/** Why there is nothing to download for this machine, if that is so: control planes are published for Linux only. */
export function whyNotPublished({ os, architecture } = thisPlatform()): string | undefined {
  if (os === 'linux' && ['amd64', 'arm64'].includes(architecture)) return undefined;
  return `they are published for linux/amd64 and linux/arm64, this is ${os}/${architecture}`;
}

/** Downloads one official binary into `folder`, checked against its published SHA-256. */
export async function downloadRelease(
  binary: string,
  folder: string,
  options: ReleaseOptions,
): Promise<void> {
  const workplace = join(folder, `.${binary}-${process.pid}`);
  await mkdir(workplace, { recursive: true });
  try {
    const file = await fetchBinary(binary, workplace, options);
    await chmod(file, 0o755);
    await rename(file, join(folder, binary));
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
}

async function fetchBinary(binary: string, workplace: string, options: ReleaseOptions): Promise<string> {
  if (binary === 'etcd') return await etcd(workplace, options);
  if (binary === 'kwok') return await kwok(workplace, options);
  const url = kubernetesUrl(options.hosts, binary);
  const target = join(workplace, binary);
  const sha256 = (await fetchText(`${url}.sha256`, options)).trim();
  options.report(`Downloading ${binary} ${KUBERNETES.version} …`);
  await download({ url, target, sha256, ...options });
  return target;
}

function kubernetesUrl(hosts: ReleaseHosts, binary: string): string {
  return `${hosts.kubernetes}/${KUBERNETES.version}/bin/linux/${thisPlatform().architecture}/${binary}`;
}

async function etcd(workplace: string, options: ReleaseOptions): Promise<string> {
  const base = `${options.hosts.etcd}/${ETCD.version}`;
  const name = `etcd-${ETCD.version}-linux-${thisPlatform().architecture}`;
  const archive = `${name}.tar.gz`;
  const sums = await fetchText(`${base}/SHA256SUMS`, options);
  const sha256 = sums
    .split('\n')
    .find((line) => line.trim().endsWith(` ${archive}`))
    ?.split(/\s/)[0];
  if (!sha256) throw new Error(`${base}/SHA256SUMS names no ${archive}`);
  options.report(`Downloading etcd ${ETCD.version} …`);
  const target = join(workplace, archive);
  await download({ url: `${base}/${archive}`, target, sha256, ...options });
  return await unpack(target, `${name}/etcd`);
}

async function kwok(workplace: string, options: ReleaseOptions): Promise<string> {
  const { architecture } = thisPlatform();
  const image = { registry: options.hosts.kwok, repository: 'kwok/kwok', tag: KWOK.version, architecture };
  const [layer] = await imageLayers(image, options.signal);
  if (!layer) throw new Error(`kwok ${KWOK.version} has an image without layers`);
  options.report(`Downloading kwok ${KWOK.version} …`);
  const target = join(workplace, 'layer.tar.gz');
  await download({ ...layer, target, ...options });
  return await unpack(target, 'usr/local/bin/kwok');
}

/** Takes one file out of an archive, next to it. */
async function unpack(archive: string, member: string): Promise<string> {
  const folder = join(archive, '..');
  const depth = member.split('/').length - 1;
  await promisify(execFile)('tar', ['-xzf', archive, '-C', folder, `--strip-components=${depth}`, member]);
  return join(folder, basename(member));
}
