import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTAINERD_SOCKET } from './containerd.js';
import { DNS_ADDRESS, type LabFolders, type Machine, POD_RANGE } from './folders.js';

/** Writes the kubelet's configuration and answers its arguments. */
export function configureKubelet(
  folders: LabFolders,
  { name, address }: Machine,
  clientAuthority: string,
  kubeconfig: string,
): string[] {
  for (const folder of [folders.kubelet, folders.podLogs, folders.volumes])
    mkdirSync(folder, { recursive: true });
  // Nobody outside answers for names: what is not the cluster's is not found, at once.
  writeFileSync(folders.resolvConf, '');
  const configuration = {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: { x509: { clientCAFile: clientAuthority }, anonymous: { enabled: false } },
    authorization: { mode: 'Webhook' },
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${name}`,
    failCgroupV1: false,
    failSwapOn: false,
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    clusterDNS: [DNS_ADDRESS],
    clusterDomain: 'cluster.local',
    resolvConf: folders.resolvConf,
    podLogsDir: folders.podLogs,
    volumePluginDir: join(folders.kubelet, 'volume-plugins'),
    // The disk is the developer's: its being full is no matter of the lab, nor are its images collected.
    evictionHard: { 'memory.available': '100Mi' },
    imageGCHighThresholdPercent: 100,
    readOnlyPort: 0,
  };
  writeFileSync(folders.kubeletConfig, JSON.stringify(configuration, undefined, 2));
  return [
    `--config=${folders.kubeletConfig}`,
    `--kubeconfig=${kubeconfig}`,
    `--root-dir=${folders.kubelet}`,
    `--hostname-override=${name}`,
    `--node-ip=${address}`,
  ];
}

/** In the mode that Kubernetes recommends where the kernel is new. */
export const kubeProxyArguments = ({ name }: Machine, kubeconfig: string): string[] => [
  `--kubeconfig=${kubeconfig}`,
  '--proxy-mode=nftables',
  `--cluster-cidr=${POD_RANGE}`,
  `--hostname-override=${name}`,
  '--oom-score-adj=0',
  // These settings are the whole machine's.
  '--conntrack-max-per-core=0',
  '--conntrack-tcp-timeout-established=0',
  '--conntrack-tcp-timeout-close-wait=0',
];
