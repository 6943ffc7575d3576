import { Construct } from 'constructs';
import type { CSIDriver, StorageClass } from 'kubernetes-types/storage/v1';
import { defined } from '../config/defined.js';
import { imageProblem } from '../config/images.js';
import { images } from '../config/versions.js';
import { clusterObject } from '../kube/cluster-object.js';
import { namespaceOf } from '../kube/context.js';
import { allowKeys, type KeysOf, unknownKeys } from '../kube/known-keys.js';
import {
  declareSecret,
  isSecretRef,
  type SecretRef,
  secretRef,
  secretRefProblem,
} from '../kube/secret-ref.js';
import { BlockStorageController } from './block-storage/controller.js';
import { BLOCK_STORAGE_CLASS, DRIVER, type DriverImages } from './block-storage/driver.js';
import { BlockStorageNode } from './block-storage/node.js';

export interface BlockStorageProps {
  /** A token of DigitalOcean's API. @default secretRef('digitalocean-block-storage', 'token') */
  readonly token?: SecretRef;
  /** Claims that name no class get volumes of it; no other class of the cluster may say so. @default true */
  readonly defaultClass?: boolean;
  /** What becomes of a volume whose claim is deleted: it is kept, and paid, until somebody deletes it. @default Retain */
  readonly reclaimPolicy?: 'Retain' | 'Delete';
  /** @default those of `lib/config/versions.ts` */
  readonly images?: Partial<DriverImages>;
}

const KEYS: KeysOf<BlockStorageProps> = {
  token: true,
  defaultClass: true,
  reclaimPolicy: true,
  images: true,
};
const IMAGE_KEYS: KeysOf<DriverImages> = {
  blockStorage: true,
  csiProvisioner: true,
  csiAttacher: true,
  csiResizer: true,
  csiRegistrar: true,
};

/**
 * DigitalOcean's driver of block storage and the class `do-block-storage`: a claim becomes a volume that follows its
 * pod from droplet to droplet. It is for droplets of one's own; DigitalOcean Kubernetes has it.
 *
 * Its pods are part of the machines: the namespace has to admit privileged ones.
 *
 * @see https://github.com/digitalocean/csi-digitalocean
 * @example
 * const chart = new Chart(app, 'block-storage', { namespace: 'block-storage' });
 * new PlatformNamespace(chart, 'namespace', { name: 'block-storage', podSecurity: 'privileged' });
 * new BlockStorage(chart, 'block-storage');
 */
export class BlockStorage extends Construct {
  constructor(scope: Construct, id: string, props: BlockStorageProps = {}) {
    super(scope, id);
    allowKeys(this, props, KEYS);
    const {
      token = secretRef('digitalocean-block-storage', 'token'),
      defaultClass = true,
      reclaimPolicy = 'Retain',
    } = props;
    const image = { ...images, ...defined(props.images) };
    if (isSecretRef(token)) declareSecret(this, token, namespaceOf(this));
    clusterObject<CSIDriver>(this, 'driver', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIDriver',
      metadata: { name: DRIVER },
      spec: { attachRequired: true },
    });
    clusterObject<StorageClass>(this, 'class', {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: BLOCK_STORAGE_CLASS,
        annotations: { 'storageclass.kubernetes.io/is-default-class': `${defaultClass}` },
      },
      provisioner: DRIVER,
      reclaimPolicy,
      allowVolumeExpansion: true,
      // A claim that no pod mounts costs nothing, and a pod goes where one more volume can be attached.
      volumeBindingMode: 'WaitForFirstConsumer',
    });
    new BlockStorageController(this, 'controller', { name: `${id}-controller`, images: image, token });
    new BlockStorageNode(this, 'node', { name: `${id}-node`, images: image });
    this.node.addValidation({ validate: () => problems(props) });
  }
}

function problems({ token, reclaimPolicy, images: own = {} }: BlockStorageProps): string[] {
  const secret = token === undefined ? undefined : secretRefProblem(token);
  return [
    ...(secret === undefined ? [] : [`token: ${secret}`]),
    ...(reclaimPolicy === undefined || ['Retain', 'Delete'].includes(reclaimPolicy)
      ? []
      : [`reclaimPolicy: ${JSON.stringify(reclaimPolicy)} was given; allowed: Retain, Delete`]),
    ...unknownKeys(own, IMAGE_KEYS, 'images.'),
    ...Object.entries(defined(own)).flatMap(([name, image]) => {
      const problem = imageProblem(image, { versionRequired: true });
      return problem === undefined ? [] : [`images.${name}: ${problem}`];
    }),
  ];
}
