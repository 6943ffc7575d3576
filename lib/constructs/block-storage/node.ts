import { Construct } from 'constructs';
import type { DaemonSet } from 'kubernetes-types/apps/v1';
import type { Container, PodSpec, Volume } from 'kubernetes-types/core/v1';
import { apiObject } from '../../kube/api-object.js';
import { labels, NAME } from '../../kube/labels.js';
import { CONTAINER_SECURITY } from '../../kube/pod.js';
import { resourceRequirements } from '../../kube/resources.js';
import { addServiceAccount } from '../../kube/service-account.js';
import { DRIVER, DRIVER_RESOURCES, type DriverImages, SIDECAR_RESOURCES } from './driver.js';

const KUBELET = '/var/lib/kubelet';
/** Where kubelet finds the driver's socket. */
const PLUGIN_FOLDER = `${KUBELET}/plugins/${DRIVER}`;
const SOCKET_FOLDER = '/csi';
const SOCKET = `${SOCKET_FOLDER}/csi.sock`;

interface Props {
  readonly name: string;
  readonly images: DriverImages;
}

/** The pod on every machine that makes file systems on attached volumes and mounts them for kubelet. */
export class BlockStorageNode extends Construct {
  constructor(scope: Construct, id: string, { name, images }: Props) {
    super(scope, id);
    addServiceAccount(this, name);
    apiObject<DaemonSet>(this, 'daemon-set', {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name },
      spec: {
        revisionHistoryLimit: 3,
        minReadySeconds: 10,
        selector: { matchLabels: { [NAME]: name } },
        // What is mounted stays mounted while the pod is replaced.
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
        template: { metadata: { labels: labels(this, name) }, spec: nodePod(name, images) },
      },
    });
  }
}

const nodePod = (name: string, images: DriverImages): PodSpec => ({
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  serviceAccountName: name,
  priorityClassName: 'system-node-critical',
  // Wherever a pod with a volume may be.
  tolerations: [{ operator: 'Exists' }],
  // The metadata service says which droplet this is, and answers the machine's own network alone.
  hostNetwork: true,
  dnsPolicy: 'Default',
  terminationGracePeriodSeconds: 30,
  securityContext: { runAsUser: 0, runAsGroup: 0, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [driver(images.blockStorage), registrar(images.csiRegistrar)],
  volumes: [
    folder('plugin', PLUGIN_FOLDER, 'DirectoryOrCreate'),
    folder('registration', `${KUBELET}/plugins_registry`, 'DirectoryOrCreate'),
    folder('kubelet', KUBELET, 'Directory'),
    folder('devices', '/dev', 'Directory'),
  ],
});

const driver = (image: string): Container => ({
  name: 'driver',
  image,
  imagePullPolicy: 'IfNotPresent',
  // Without a token it is a node's and asks DigitalOcean's API nothing.
  args: [`--endpoint=unix://${SOCKET}`],
  resources: resourceRequirements(DRIVER_RESOURCES),
  // What it mounts has to be seen by the machine, which only a privileged container's mounts are.
  securityContext: { privileged: true },
  volumeMounts: [
    { name: 'plugin', mountPath: SOCKET_FOLDER },
    { name: 'kubelet', mountPath: KUBELET, mountPropagation: 'Bidirectional' },
    { name: 'devices', mountPath: '/dev' },
  ],
});

const registrar = (image: string): Container => ({
  name: 'registrar',
  image,
  imagePullPolicy: 'IfNotPresent',
  args: [`--csi-address=${SOCKET}`, `--kubelet-registration-path=${PLUGIN_FOLDER}/csi.sock`, '--v=2'],
  resources: resourceRequirements(SIDECAR_RESOURCES),
  securityContext: CONTAINER_SECURITY,
  volumeMounts: [
    { name: 'plugin', mountPath: SOCKET_FOLDER },
    { name: 'registration', mountPath: '/registration' },
  ],
});

const folder = (name: string, path: string, type: string): Volume => ({ name, hostPath: { path, type } });
