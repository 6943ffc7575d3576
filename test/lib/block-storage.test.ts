import { App, Chart } from 'cdk8s';
import type { PodSpec } from 'kubernetes-types/core/v1';
import {
  BlockStorage,
  type BlockStorageProps,
  type KubeObject,
  PlatformNamespace,
  secretRef,
  synthesize,
} from '../../lib/index.js';
import { declaredSecrets } from '../../lib/kube/secret-ref.js';
import { objectOf, objectsOf, smallApplication } from '../support/application.js';
import { generatedCustomResourceDefinitions } from '../support/generated.js';
import { machines } from '../support/machines.js';
import { policyProblems } from '../support/policy.js';
import { schemaProblems } from '../support/schema.js';

const NAME = 'block-storage';
const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class';

function chartOf(props?: BlockStorageProps): Chart {
  const chart = new Chart(new App(), NAME, { namespace: NAME });
  new PlatformNamespace(chart, 'namespace', { name: NAME, podSecurity: 'privileged' });
  new BlockStorage(chart, NAME, props);
  return chart;
}

const made = (props?: BlockStorageProps) => chartOf(props).toJson() as KubeObject[];
const problemsOf = (props: BlockStorageProps) =>
  chartOf(props)
    .node.findAll()
    .flatMap(({ node }) => node.validate());
const podOf = (kind: string, name: string, props?: BlockStorageProps): PodSpec =>
  (objectOf(made(props), kind, name).spec as { template: { spec: PodSpec } }).template.spec;
const controller = (props?: BlockStorageProps) => podOf('Deployment', 'block-storage-controller', props);
const node = () => podOf('DaemonSet', 'block-storage-node');
const everything: Required<BlockStorageProps> = {
  token: secretRef('cloud', 'volumes'),
  defaultClass: false,
  reclaimPolicy: 'Delete',
  images: { blockStorage: 'example.com/driver:1.0.0' },
};

test.each([
  ['nothing but defaults', {}],
  ['every prop', everything],
])('with %s every object is as its schema says and keeps the policy', (_, props) => {
  const objects = made(props);
  expect(objects.flatMap((object) => schemaProblems(object, generatedCustomResourceDefinitions))).toEqual([]);
  expect(policyProblems(objects)).toEqual([]);
});

test('a class that is the default keeps volumes, enlarges them, and waits for a pod', () => {
  expect(objectOf(made(), 'StorageClass', 'do-block-storage')).toMatchObject({
    metadata: { annotations: { [IS_DEFAULT]: 'true' } },
    provisioner: 'dobs.csi.digitalocean.com',
    reclaimPolicy: 'Retain',
    allowVolumeExpansion: true,
    volumeBindingMode: 'WaitForFirstConsumer',
  });
});

test('every prop reaches an object', () => {
  expect(objectOf(made(everything), 'StorageClass', 'do-block-storage')).toMatchObject({
    metadata: { annotations: { [IS_DEFAULT]: 'false' } },
    reclaimPolicy: 'Delete',
  });
  const [driver] = controller(everything).containers;
  expect(driver).toMatchObject({
    image: 'example.com/driver:1.0.0',
    env: [{ valueFrom: { secretKeyRef: { name: 'cloud', key: 'volumes' } } }],
  });
});

test('the token is in one container of one pod, by reference, and the stack knows that it is needed', () => {
  const holders = [...controller().containers, ...node().containers].filter((one) =>
    JSON.stringify(one).includes('digitalocean-block-storage'),
  );
  expect(holders).toMatchObject([
    {
      name: 'driver',
      env: [{ valueFrom: { secretKeyRef: { name: 'digitalocean-block-storage', key: 'token' } } }],
    },
  ]);
  expect(declaredSecrets(chartOf(), () => true)).toMatchObject([
    { secret: 'digitalocean-block-storage', key: 'token', namespace: NAME },
  ]);
});

test('one container of all is privileged: that which mounts', () => {
  const privileged = [...controller().containers, ...node().containers].filter(
    ({ securityContext }) => securityContext?.privileged,
  );
  expect(privileged).toHaveLength(1);
  expect(privileged[0]?.volumeMounts).toContainEqual(
    expect.objectContaining({ mountPath: '/var/lib/kubelet', mountPropagation: 'Bidirectional' }),
  );
  expect(node().automountServiceAccountToken).toBe(false);
});

test('both ask the metadata service, which the guard of the machines lets the host network alone reach', () => {
  for (const { hostNetwork, dnsPolicy } of [controller(), node()])
    expect({ hostNetwork, dnsPolicy }).toEqual({ hostNetwork: true, dnsPolicy: 'Default' });
});

test('kubelet finds the socket where it is told to look for it', () => {
  const { containers, volumes = [] } = node();
  const path = volumes.find(({ name }) => name === 'plugin')?.hostPath?.path;
  const [driver, registrar] = containers;
  expect(registrar?.args).toContain(`--kubelet-registration-path=${path}/csi.sock`);
  const mounted = ({ volumeMounts = [] }: (typeof containers)[number]) =>
    volumeMounts.find(({ name }) => name === 'plugin')?.mountPath;
  expect(driver && mounted(driver)).toBe('/csi');
  expect(driver?.args).toEqual(['--endpoint=unix:///csi/csi.sock']);
  expect(registrar?.args).toContain('--csi-address=/csi/csi.sock');
});

test('two controllers never act at once, and may read no Secret', () => {
  const sidecars = controller().containers.slice(1);
  expect(sidecars.map(({ args = [] }) => args.includes('--leader-election'))).toEqual([true, true, true]);
  const roles = made().filter(({ kind }) => /Role$/.test(kind));
  expect(roles).toHaveLength(2);
  expect(JSON.stringify(roles)).not.toContain('secrets');
});

test('what is wrong is said, and a token in clear is not repeated', () => {
  const problems = problemsOf({
    token: 'dop_v1_clear' as never,
    reclaimPolicy: 'Keep' as never,
    images: { csiAttacher: 'attacher' },
  });
  expect(problems).toEqual([
    expect.stringContaining('token: a value was given where a secret reference belongs'),
    'reclaimPolicy: "Keep" was given; allowed: Retain, Delete',
    expect.stringContaining('images.csiAttacher: '),
  ]);
  expect(problems.join()).not.toContain('dop_v1_clear');
});

describe('the platform of a cluster', () => {
  const platform = (main: object) =>
    objectsOf(synthesize(smallApplication({ clusters: { main } })), 'main-cluster');
  const classes = (main: object) =>
    platform(main)
      .filter(({ kind }) => kind === 'StorageClass')
      .map(({ metadata }) => metadata.name);

  test.each([
    ['three servers', { machines: machines({ servers: 3 }) }],
    ['an agent', { machines: machines({ agents: { builds: {} } }) }],
    ['one that is to shrink to one machine', { machines: machines({ storageClass: 'do-block-storage' }) }],
  ])('has it with %s', (_, main) => {
    expect(classes(main)).toEqual(['do-block-storage']);
    expect(policyProblems(platform(main))).toEqual([]);
  });

  test.each([
    ['one machine', { machines: machines({}) }],
    ['several that keep to their disks', { machines: machines({ servers: 3, storageClass: 'local-path' }) }],
    ['DigitalOcean Kubernetes', { ingress: 'none', managed: { region: 'fra1', version: '1.34.1-do.0' } }],
    ['a cluster that is there already', {}],
  ])('has none with %s', (_, main) => expect(classes(main)).toEqual([]));
});
