import { join } from 'node:path';
import { type GoModule, KUBERNETES } from '../../embedded/binaries/go-modules.js';

const folder = (name: string): string => join(__dirname, 'go', name);

/** What a node runs; the control plane's programs are those of the embedded one. */
export const NODE: GoModule = {
  ...KUBERNETES,
  name: 'kubernetes-node',
  folder: folder('kubernetes'),
  binaries: [
    { name: 'kubelet', package: 'k8s.io/kubernetes/cmd/kubelet' },
    { name: 'kube-proxy', package: 'k8s.io/kubernetes/cmd/kube-proxy' },
    { name: 'kubectl', package: 'k8s.io/kubernetes/cmd/kubectl' },
  ],
  minutes: 2,
};

export const COREDNS: GoModule = {
  name: 'coredns',
  folder: folder('coredns'),
  version: 'v1.13.2',
  binaries: [{ name: 'coredns', package: 'keelson.dev/lab/coredns' }],
  minutes: 2,
  definitions: {},
};

export const LOCAL_PATH: GoModule = {
  name: 'local-path',
  folder: folder('local-path'),
  version: 'v0.0.30',
  binaries: [{ name: 'local-path-provisioner', package: 'github.com/rancher/local-path-provisioner' }],
  minutes: 2,
  definitions: {},
};
