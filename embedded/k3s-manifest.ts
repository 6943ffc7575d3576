import type { KubeObject } from '../lib/kube/object.js';
import type { Manifest } from '../lib/synth.js';

/** k3s' default class under its own name, served by the provisioner that Kubernetes keeps for tests. */
const STORAGE_CLASS: KubeObject = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'local-path', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'kubernetes.io/host-path',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
};

/** What k3s would have brought and the embedded control plane lacks: storage, and the definitions of traefik and helm. */
export const k3sManifest = (): Manifest => ({
  name: 'k3s',
  objects: [
    STORAGE_CLASS,
    ...(require('../lib/generated/k3s-crds.json') as KubeObject[]),
    ...(require('../lib/generated/traefik-crds.json') as KubeObject[]),
  ],
});
