import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RegistriesConfiguration } from '../../../lib/constructs/registry/registries-configuration.js';
import type { LabFolders, Machine } from './folders.js';
import { hostsToml } from './hosts-toml.js';

export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';

/** As the kubelet's own default; made here and imported. */
export const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10.1';

/** Writes what containerd reads: its configuration, the pods' network and the mirrors of registries. */
export function configureContainerd(
  folders: LabFolders,
  { pods }: Machine,
  options: { readonly plugins: string; readonly registries: RegistriesConfiguration },
): void {
  for (const folder of [folders.containerd, folders.network, folders.registries])
    mkdirSync(folder, { recursive: true });
  writeFileSync(folders.containerdConfig, configuration(folders, options.plugins));
  writeFileSync(join(folders.network, '10-lab.conflist'), JSON.stringify(network(pods), undefined, 2));
  for (const [registry, text] of Object.entries(hostsToml(options.registries))) {
    mkdirSync(join(folders.registries, registry), { recursive: true });
    writeFileSync(join(folders.registries, registry, 'hosts.toml'), text);
  }
}

const configuration = (
  { containerd, network, registries }: LabFolders,
  plugins: string,
): string => `version = 2
root = "${containerd}"
state = "/run/containerd"

[grpc]
  address = "${CONTAINERD_SOCKET}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  # In a container root may lower no process' score; without this no pod starts there.
  restrict_oom_score_adj = true

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${plugins}"
  conf_dir = "${network}"

[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "${registries}"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
`;

/** A pair of interfaces a pod and no bridge: all traffic is routed, so kube-proxy sees all of it. */
const network = (subnet: string) => ({
  cniVersion: '1.0.0',
  name: 'lab',
  plugins: [
    {
      type: 'ptp',
      mtu: 1500,
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet }]],
        routes: [{ dst: '0.0.0.0/0' }],
        dataDir: '/run/cni',
      },
    },
  ],
});
