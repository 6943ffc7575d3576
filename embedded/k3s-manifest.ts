import { BLOCK_STORAGE_CLASS } from '../lib/constructs/block-storage/driver.js';
import type { KubeObject } from '../lib/kube/object.js';
import type { Manifest } from '../lib/manifests.js';

/** A class served by the provisioner that Kubernetes keeps for tests. */
const storageClass = (name: string, isDefault: boolean): KubeObject => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': `${isDefault}` } },
  provisioner: 'kubernetes.io/host-path',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
});

/** What k3s would have brought and the embedded control plane lacks: storage, and the definitions of traefik and helm. */
export const k3sManifest = (): Manifest => ({
  name: 'k3s',
  objects: [
    // k3s' default class under its own name.
    storageClass('local-path', true),
    ...(require('../lib/generated/k3s-crds.json') as KubeObject[]),
    ...(require('../lib/generated/traefik-crds.json') as KubeObject[]),
  ],
});

/** In place of a cloud's driver of volumes, where there are none to attach: its class, for claims that name it. */
export const blockStorageManifest = (name: string): Manifest => ({
  name,
  objects: [storageClass(BLOCK_STORAGE_CLASS, false)],
});
