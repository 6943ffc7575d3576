import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clusterFiles, kubeconfig } from '../../../embedded/control-plane/cluster-files.js';
import { issue, newKeys } from '../../../embedded/control-plane/pki.js';
import { startProcess } from '../../../embedded/control-plane/processes.js';
import type { RegistriesConfiguration } from '../../../lib/constructs/registry/registries-configuration.js';
import type { Report } from '../../../lib/progress.js';
import type { Images } from '../images/catalogue.js';
import { importImage } from '../images/transfer.js';
import type { Programs } from '../programs.js';
import { until } from '../until.js';
import { configureContainerd, PAUSE_IMAGE } from './containerd.js';
import { FIRST, type LabFolders, SECOND } from './folders.js';
import { configureKubelet, kubeProxyArguments } from './kubelet.js';
import { isReady, type LabNode, nodeClient, PROXY_CLIENT } from './node.js';

interface Options {
  readonly folders: LabFolders;
  /** Of the first node, whose cluster is joined. */
  readonly controlPlane: string;
  readonly node: LabNode;
  readonly programs: Programs;
  readonly images: Images;
  readonly registries: RegistriesConfiguration;
  readonly report: Report;
}

/** Starts a second node in namespaces of its own, and waits until it is ready. It ends with the lab. */
export async function joinNode(options: Options): Promise<void> {
  const { folders, controlPlane, node, programs, images, registries, report } = options;
  const since = Date.now();
  const enter = await startMachine(report);
  mkdirSync(folders.controlPlane, { recursive: true });
  const configs = await kubeconfigs(folders.controlPlane, controlPlane, node.server);
  configureContainerd(folders, SECOND, { plugins: join(programs.debian, 'usr/lib/cni'), registries });
  const start = async (name: string, args: readonly string[]) => {
    report(`Starting ${name} of the second node`);
    const [binary = '', ...before] = [...enter, name];
    const log = join(folders.controlPlane, `${name}.log`);
    await startProcess({ binary, args: [...before, ...args], folder: folders.controlPlane, log });
  };
  await start('containerd', ['--config', folders.containerdConfig]);
  const authority = clusterFiles(controlPlane).pki('ca.crt');
  await start('kubelet', configureKubelet(folders, SECOND, authority, configs.kubelet));
  await start('kube-proxy', kubeProxyArguments(SECOND, configs.proxy));
  await until(`The second node (logs: ${folders.controlPlane})`, async () => {
    const { status, body } = await node.client(`/api/v1/nodes/${SECOND.name}`);
    return status === 200 && isReady(JSON.parse(body), since);
  });
  const pause = images.imported[PAUSE_IMAGE];
  if (!pause) throw new Error(`There is no image ${PAUSE_IMAGE}`);
  await importImage(PAUSE_IMAGE, pause, enter);
}

/** @returns the command that runs another in the second machine */
async function startMachine(report: Report): Promise<string[]> {
  const namespaces = ['--net', '--mount', '--uts'];
  const script = [join(__dirname, '../second-machine'), SECOND.name, SECOND.address, FIRST.address];
  const machine = spawn('unshare', [...namespaces, ...script], { stdio: ['ignore', 'ignore', 'inherit'] });
  const pid = machine.pid ?? 0;
  const network = (of: string) => readlinkSync(`/proc/${of}/ns/net`);
  const enter = ['nsenter', `--target=${pid}`, ...namespaces, '--'];
  await until("The second machine's network", async () => network(`${pid}`) !== network('self'));
  execFileSync('ip', ['link', 'set', 'keelson-lab-end', 'netns', `${pid}`]);
  const ready = async () => {
    const [command = '', ...args] = [...enter, 'test', '-e', '/run/ready'];
    return await promisify(execFile)(command, args).then(
      () => true,
      () => false,
    );
  };
  await until('The second machine', ready);
  execFileSync('ip', ['route', 'add', SECOND.pods, 'via', SECOND.address]);
  report('The second machine runs');
  return enter;
}

/** The API server's certificate is not for the first node's address, by which the second reaches it. */
async function kubeconfigs(
  folder: string,
  controlPlane: string,
  server: string,
): Promise<{ readonly kubelet: string; readonly proxy: string }> {
  const { pki } = clusterFiles(controlPlane);
  const authority = {
    key: readFileSync(pki('ca.key'), 'utf8'),
    certificate: readFileSync(pki('ca.crt'), 'utf8'),
  };
  const keys = await newKeys();
  const reached = `https://${FIRST.address}:${new URL(server).port}`;
  const write = (name: string, subject: Parameters<typeof issue>[2]) => {
    const config = JSON.parse(kubeconfig(reached, authority.certificate, issue(authority, keys, subject)));
    config.clusters[0].cluster['tls-server-name'] = 'kubernetes';
    const path = join(folder, `${name}.kubeconfig`);
    writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
    return path;
  };
  return { kubelet: write('kubelet', nodeClient(SECOND.name)), proxy: write('kube-proxy', PROXY_CLIENT) };
}
