import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Service as KubeService, PersistentVolumeClaim } from 'kubernetes-types/core/v1';
import { nameProblem } from '../config/name.js';
import { apiObject } from '../kube/api-object.js';
import { type DataDump, dumpAnnotation, dumpProblems } from '../kube/data-dump.js';
import { allowKeys, type KeysOf, unknownKeys } from '../kube/known-keys.js';
import { NAME } from '../kube/labels.js';
import { pathProblem, RESERVED_VOLUMES, SCRATCH_PATH, samePathProblems } from '../kube/volumes.js';
import { addDisruptionBudget } from './disruption-budget.js';
import { SERVED_KEYS, ServedWorkload, type ServedWorkloadProps } from './served-workload.js';

/** A volume of each pod, kept when the pod goes and when the service is removed. */
export interface Storage {
  /** Where the container sees it, as an absolute path. */
  readonly path: string;
  /** In GiB. Kubernetes does not let it change for pods that are there: grow their claims by hand, then write it here. */
  readonly sizeGiB: number;
  /** @default the cluster's default class */
  readonly storageClass?: string;
}

export interface StatefulServiceProps extends ServedWorkloadProps {
  /** Volumes by name. */
  readonly storage: Readonly<Record<string, Storage>>;
  /** How `keelson backup` gets the data of each pod, and `keelson restore` puts it back. @default it is in no backup */
  readonly dump?: DataDump;
  /** How many pods, each with volumes and a name of its own: `<name>-0.<name>-pods`. @default 1 */
  readonly replicas?: number;
}

const KEYS: KeysOf<StatefulServiceProps> = { ...SERVED_KEYS, storage: true, dump: true };
const STORAGE_KEYS: KeysOf<Storage> = { path: true, sizeGiB: true, storageClass: true };

/**
 * A service whose pods keep data: StatefulSet with volumes, a Service before them all and one that gives each pod a
 * stable name. Pods are updated one after the other, so with one replica it is away while it restarts.
 *
 * @example
 * new StatefulService(env, 'postgres', {
 *   image: 'docker.io/library/postgres:18.1', ports: { postgres: 5432 },
 *   storage: { data: { path: '/var/lib/postgresql', sizeGiB: 10 } },
 *   env: { POSTGRES_PASSWORD: secretRef('postgres', 'password', { generate: true }) },
 *   dump: {
 *     dump: ['pg_dump', '--username=postgres', '--format=custom', 'postgres'],
 *     restore: ['pg_restore', '--username=postgres', '--dbname=postgres', '--exit-on-error'],
 *   },
 * });
 */
export class StatefulService extends ServedWorkload {
  /** For fields that no prop has, by `addJsonPatch`. */
  readonly statefulSet: ApiObject;
  /** A label of its pods is the name and a hash of ten letters. */
  protected override readonly longestName = 52;

  constructor(scope: Construct, id: string, props: StatefulServiceProps) {
    super(scope, id, 'stateful-service', props);
    allowKeys(this, props, KEYS);
    const { name } = this;
    const { replicas = 1, storage = {}, dump } = props;
    const { annotations, ...metadata } = this.controllerMetadata();
    const podsName = `${name}-pods`;
    this.addPodNames(podsName);
    const container = this.servedContainer();
    const template = this.podTemplate({ container });
    const [main] = template.spec?.containers ?? [];
    for (const [key, { path }] of Object.entries(storage))
      main?.volumeMounts?.push({ name: key, mountPath: path });
    this.statefulSet = apiObject<StatefulSet>(this, 'stateful-set', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: {
        ...metadata,
        ...((annotations || dump) && { annotations: { ...annotations, ...(dump && dumpAnnotation(dump)) } }),
      },
      spec: {
        replicas,
        serviceName: podsName,
        revisionHistoryLimit: 3,
        selector: { matchLabels: { [NAME]: name } },
        updateStrategy: { type: 'RollingUpdate' },
        template,
        volumeClaimTemplates: Object.entries(storage).map(([key, volume]) => claim(key, volume)),
      },
    });
    addDisruptionBudget(this, name, replicas);
    this.node.addValidation({
      validate: () => [...storageProblems({ ...props, storage }), ...(dump ? dumpProblems(dump) : [])],
    });
  }

  protected override volumeNames(): readonly string[] {
    return [...super.volumeNames(), ...Object.keys((this.props as StatefulServiceProps).storage ?? {})];
  }

  private addPodNames(podsName: string): void {
    apiObject<KubeService>(this, 'pod-names', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: podsName },
      spec: {
        clusterIP: 'None',
        // Peers have to find each other before they are ready.
        publishNotReadyAddresses: true,
        selector: { [NAME]: this.name },
        ports: this.ports.map((port) => ({ name: `port-${port}`, port, protocol: 'TCP' })),
      },
    });
  }
}

const claim = (name: string, { sizeGiB, storageClass }: Storage): PersistentVolumeClaim => ({
  metadata: { name },
  spec: {
    accessModes: ['ReadWriteOnce'],
    ...(storageClass !== undefined && { storageClassName: storageClass }),
    resources: { requests: { storage: `${sizeGiB}Gi` } },
  },
});

function storageProblems({ storage, volumes: mounts, files }: StatefulServiceProps): string[] {
  const volumes = Object.entries(storage);
  const paths = volumes.map(([, { path }]) => path);
  return [
    ...samePathProblems([...new Set([SCRATCH_PATH, ...Object.keys({ ...mounts, ...files })]), ...paths]),
    ...(volumes.length === 0 ? ['storage: none was given; a service that keeps nothing is a Service'] : []),
    ...volumes.flatMap(([name, { path, sizeGiB, ...rest }]) => [
      ...unknownKeys(rest, STORAGE_KEYS, `storage.${name}.`),
      ...(nameProblem(name) ? [`storage: ${nameProblem(name)}`] : []),
      ...(RESERVED_VOLUMES.includes(name)
        ? [`storage: "${name}" is the name of a volume that every pod has; choose another`]
        : []),
      ...(pathProblem(path) ? [`storage.${name}.path: ${pathProblem(path)}`] : []),
      ...(Number.isInteger(sizeGiB) && sizeGiB > 0
        ? []
        : [`storage.${name}.sizeGiB: ${sizeGiB} was given; a whole number above 0 is expected`]),
    ]),
  ];
}
