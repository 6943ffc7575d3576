import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Container, Toleration } from 'kubernetes-types/core/v1';
import type { PolicyRule, Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import { addApiAccount, usesKubernetesApi } from '../../kube/api-account.js';
import { apiObject } from '../../kube/api-object.js';
import { namespaceOf } from '../../kube/context.js';
import { envVar } from '../../kube/endpoint.js';
import { labels, NAME } from '../../kube/labels.js';
import { podSpec } from '../../kube/pod.js';
import { resourceRequirements } from '../../kube/resources.js';
import type { SecretRef } from '../../kube/secret-ref.js';
import { DRIVER_RESOURCES, type DriverImages, SIDECAR_RESOURCES } from './driver.js';

const SOCKET_FOLDER = '/csi';
const SOCKET = `${SOCKET_FOLDER}/csi.sock`;
const TOKEN = 'DIGITALOCEAN_ACCESS_TOKEN';
const RBAC = 'rbac.authorization.k8s.io';

const READ = ['get', 'list', 'watch'];
/** What provisioner, attacher and resizer ask for in sum, without snapshots. */
const RULES: PolicyRule[] = [
  {
    apiGroups: [''],
    resources: ['persistentvolumes'],
    verbs: [...READ, 'create', 'patch', 'delete'],
  },
  { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: [...READ, 'update'] },
  { apiGroups: [''], resources: ['persistentvolumeclaims/status'], verbs: ['patch'] },
  { apiGroups: [''], resources: ['nodes'], verbs: READ },
  { apiGroups: [''], resources: ['events'], verbs: ['list', 'watch', 'create', 'update', 'patch'] },
  {
    apiGroups: ['storage.k8s.io'],
    resources: ['storageclasses', 'csinodes', 'volumeattributesclasses'],
    verbs: READ,
  },
  { apiGroups: ['storage.k8s.io'], resources: ['volumeattachments'], verbs: [...READ, 'patch'] },
  { apiGroups: ['storage.k8s.io'], resources: ['volumeattachments/status'], verbs: ['patch'] },
];

/** Kubernetes waits five minutes by default: as long no volume of a lost machine could be attached to another. */
const TOLERATIONS: Toleration[] = ['not-ready', 'unreachable'].map((condition) => ({
  key: `node.kubernetes.io/${condition}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 60,
}));

interface Props {
  readonly name: string;
  readonly images: DriverImages;
  readonly token: SecretRef;
}

/** The one pod that makes, attaches, enlarges and deletes volumes over DigitalOcean's API. */
export class BlockStorageController extends Construct {
  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    const { name } = props;
    addApiAccount(this, name, RULES);
    this.addLeases(name);
    apiObject<Deployment>(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        replicas: 1,
        revisionHistoryLimit: 3,
        // It ends at once where DigitalOcean refuses the token: without this it would count as available before.
        minReadySeconds: 10,
        selector: { matchLabels: { [NAME]: name } },
        strategy: { type: 'Recreate' },
        template: {
          metadata: {
            labels: labels(this, name),
            annotations: usesKubernetesApi(
              'sees which volumes are claimed, and where they are to be attached',
            ),
          },
          spec: podSpec(name, {
            automountServiceAccountToken: true,
            priorityClassName: 'system-cluster-critical',
            tolerations: TOLERATIONS,
            // The driver asks the metadata service which droplet and region it is in, wherever its pod is: the guard of
            // the machines lets nothing else through than the machine's own network.
            hostNetwork: true,
            dnsPolicy: 'Default',
            containers: containers(props),
            volumes: [{ name: 'socket', emptyDir: { sizeLimit: '1Mi' } }],
          }),
        },
      },
    });
  }

  /** A machine that is cut off still runs its pod when another one starts: only who holds the lease may act. */
  private addLeases(name: string): void {
    apiObject<Role>(this, 'role', {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata: { name },
      rules: [
        {
          apiGroups: ['coordination.k8s.io'],
          resources: ['leases'],
          verbs: [...READ, 'create', 'update', 'delete'],
        },
      ],
    });
    apiObject<RoleBinding>(this, 'role-binding', {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: { name },
      roleRef: { apiGroup: RBAC, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: namespaceOf(this) ?? 'default' }],
    });
  }
}

const containers = ({ images, token }: Props): Container[] => [
  {
    ...withSocket('driver', images.blockStorage),
    args: [
      `--endpoint=unix://${SOCKET}`,
      // It has no other way to take it.
      `--token=$(${TOKEN})`,
      '--default-volumes-page-size=200',
    ],
    env: [envVar(TOKEN, token)],
    resources: resourceRequirements(DRIVER_RESOURCES),
  },
  // Without a type of file system in the volume no group is given to its files, and no pod of ours could write.
  sidecar('provisioner', images.csiProvisioner, '--default-fstype=ext4', '--timeout=60s'),
  sidecar('attacher', images.csiAttacher, '--timeout=2m', '--reconcile-sync=30m'),
  // Volumes grow while they are used, so no pod has to be looked at.
  sidecar('resizer', images.csiResizer, '--timeout=60s', '--handle-volume-inuse-error=false'),
];

const sidecar = (name: string, image: string, ...args: string[]): Container => ({
  ...withSocket(name, image),
  args: [`--csi-address=${SOCKET}`, '--leader-election', '--v=2', ...args],
  resources: resourceRequirements(SIDECAR_RESOURCES),
});

const withSocket = (name: string, image: string): Container => ({
  name,
  image,
  imagePullPolicy: 'IfNotPresent',
  volumeMounts: [{ name: 'socket', mountPath: SOCKET_FOLDER }],
});
