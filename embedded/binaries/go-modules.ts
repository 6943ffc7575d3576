import { controlPlane, kubernetesVersion, pulumi } from '../../lib/config/versions.js';

/** Binaries that a committed Go module (embedded/go/<name>) pins with all that they are made of. */
export interface GoModule {
  /** Folder below embedded/go, and a name for what was built. */
  readonly name: string;
  /** Path of the folder, where it is another one. @default embedded/go/<name> */
  readonly folder?: string;
  /** Of the program, with `v`; go.mod holds the same. */
  readonly version: string;
  readonly binaries: readonly GoBinary[];
  /** What a build from nothing took on 2 cores that were shared: what a person is told to expect. */
  readonly minutes: number;
  /** `-X` definitions, such as the version that the program prints. */
  readonly definitions: Readonly<Record<string, string>>;
}

export interface GoBinary {
  readonly name: string;
  /** Import path of its main package. */
  readonly package: string;
}

export const KUBERNETES: GoModule = {
  name: 'kubernetes',
  version: `v${kubernetesVersion}`,
  binaries: [
    { name: 'kube-apiserver', package: 'k8s.io/kubernetes/cmd/kube-apiserver' },
    { name: 'kube-controller-manager', package: 'k8s.io/kubernetes/cmd/kube-controller-manager' },
    { name: 'kube-scheduler', package: 'k8s.io/kubernetes/cmd/kube-scheduler' },
  ],
  minutes: 11,
  definitions: {
    'k8s.io/component-base/version.gitVersion': `v${kubernetesVersion}`,
    'k8s.io/component-base/version.gitMajor': kubernetesVersion.split('.')[0] ?? '',
    'k8s.io/component-base/version.gitMinor': kubernetesVersion.split('.')[1] ?? '',
  },
};

export const ETCD: GoModule = {
  name: 'etcd',
  version: controlPlane.etcd,
  binaries: [{ name: 'etcd', package: 'go.etcd.io/etcd/server/v3' }],
  minutes: 2,
  definitions: {},
};

export const KWOK: GoModule = {
  name: 'kwok',
  version: controlPlane.kwok,
  binaries: [{ name: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok' }],
  minutes: 3,
  definitions: {},
};

export const PULUMI: GoModule = {
  name: 'pulumi',
  version: `v${pulumi.engine}`,
  binaries: [{ name: 'pulumi', package: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi' }],
  minutes: 7,
  definitions: { 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version': `v${pulumi.engine}` },
};
