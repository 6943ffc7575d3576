import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KubeObject, synthesize } from 'keelson';
import boutique from '../app.js';

const { stacks } = synthesize(boutique);
const objects = stacks
  .filter(({ kind }) => kind === 'environment')
  .flatMap(({ manifests }) => manifests.flatMap((manifest) => manifest.objects));
const named = (kind: string) =>
  objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);

interface KubeServiceSpec {
  readonly ports: readonly { readonly name: string }[];
}
const answers = (port: string) =>
  objects
    .filter(({ kind, spec }) => kind === 'Service' && (spec as KubeServiceSpec).ports[0]?.name === port)
    .map(({ metadata }) => metadata.name);

test('eleven gRPC services, a front end, a load generator and a Redis are under 120 lines', () => {
  expect(answers('grpc')).toHaveLength(11);
  expect(answers('http')).toEqual(['frontend']);
  expect(named('StatefulSet')).toEqual(['carts']);
  expect(named('Deployment')).toEqual(expect.arrayContaining(['load']));
  const lines = readFileSync(join(__dirname, '../app.ts'), 'utf8').trimEnd().split('\n');
  expect(lines.length).toBeLessThan(120);
});

test('gRPC services are asked by gRPC whether they are ready, and dependents get a URL for gRPC', () => {
  const deployment = (name: string) =>
    objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name)?.spec;
  for (const name of answers('grpc'))
    expect(deployment(name)).toMatchObject({
      template: { spec: { containers: [{ readinessProbe: { grpc: { port: 50051 } } }] } },
    });
  expect(deployment('checkout')).toMatchObject({
    template: {
      spec: {
        containers: [
          {
            env: expect.arrayContaining([
              { name: 'PAYMENT_URL', value: 'dns:///payment.staging.svc:50051' },
              { name: 'CART_HOST', value: 'cart.staging.svc' },
            ]),
          },
        ],
      },
    },
  });
});

test('only the cart reaches its Redis', () => {
  const policy = objects.find(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'carts');
  expect(policy?.spec).toMatchObject({
    ingress: [{ from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'cart' } } }] }],
  });
});

test('an update of every service at once fits the quota of the environment', () => {
  const quota = stacks
    .flatMap(({ manifests }) => manifests.flatMap((manifest) => manifest.objects))
    .find(({ kind, metadata }) => kind === 'ResourceQuota' && metadata.namespace === 'staging');
  expect(memoryOf(objects, 'requests')).toBeLessThanOrEqual(mebibytes(quota, 'requests.memory'));
  expect(memoryOf(objects, 'limits')).toBeLessThanOrEqual(mebibytes(quota, 'limits.memory'));
});

interface Pods {
  readonly replicas: number;
  readonly template: {
    readonly spec: {
      readonly containers: readonly {
        readonly resources: Readonly<Record<'requests' | 'limits', { readonly memory: string }>>;
      }[];
    };
  };
}

/** MiB of all pods, with the one that each Deployment has more during an update. */
const memoryOf = (all: readonly KubeObject[], which: 'requests' | 'limits'): number =>
  all
    .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
    .map(({ kind, spec }) => {
      const { replicas, template } = spec as Pods;
      const pod = template.spec.containers.map(({ resources }) =>
        Number.parseInt(resources[which].memory, 10),
      );
      return (replicas + (kind === 'Deployment' ? 1 : 0)) * pod.reduce((sum, one) => sum + one, 0);
    })
    .reduce((sum, one) => sum + one, 0);

const mebibytes = (quota: KubeObject | undefined, key: string): number => {
  const { hard } = (quota?.spec ?? { hard: {} }) as { hard: Record<string, string> };
  return Number.parseInt(hard[key] ?? '', 10);
};
