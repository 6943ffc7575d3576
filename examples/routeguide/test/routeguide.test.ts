import { type KubeObject, type Selection, synthesize } from 'keelson';
import routeguide from '../app.js';

const objectsOf = (selection: Selection): KubeObject[] =>
  synthesize(routeguide, { environments: ['staging'], ...selection })
    .stacks.filter(({ kind }) => kind === 'environment')
    .flatMap(({ manifests }) => manifests.flatMap(({ objects }) => objects));

const whole = objectsOf({});
const specOf = <T>(kind: string, name: string): T =>
  whole.find((object) => object.kind === kind && object.metadata.name === name)?.spec as T;

interface Pods {
  readonly template: {
    readonly spec: { readonly containers: readonly { readonly env: { name: string; value?: string }[] }[] };
  };
}

const variables = (name: string): Record<string, string | undefined> => {
  const { template } = specOf<Pods>('Deployment', name);
  return Object.fromEntries((template.spec.containers[0]?.env ?? []).map((one) => [one.name, one.value]));
};

interface Policy {
  readonly ingress: readonly {
    readonly from: readonly { readonly podSelector: { readonly matchLabels: Record<string, string> } }[];
    readonly ports: readonly { readonly port: number }[];
  }[];
}

/** Whom a workload lets in, as `name:port`. */
const admitted = (name: string): string[] =>
  specOf<Policy>('NetworkPolicy', name).ingress.flatMap(({ from, ports }) =>
    from.flatMap(({ podSelector }) =>
      ports.map(({ port }) => `${podSelector.matchLabels['app.kubernetes.io/name']}:${port}`),
    ),
  );

test('each finds what it uses, and nothing else, in its variables', () => {
  expect(variables('client')).toEqual({
    SERVER_HOST: 'server.staging.svc',
    SERVER_PORT: '50051',
    SERVER_URL: 'dns:///server.staging.svc:50051',
  });
  expect(Object.keys(variables('server'))).toEqual([
    'PLACES_HOST',
    'PLACES_PORT',
    'PLACES_URL',
    'PLACES_NODES',
  ]);
  expect(variables('server').PLACES_NODES?.split(',')).toHaveLength(6);
});

test('each lets in those that use it, and Redis its own other pods', () => {
  expect(admitted('client')).toEqual([]);
  expect(admitted('server')).toEqual(['client:50051']);
  expect(admitted('places').filter((way) => way.endsWith(':6379'))).toEqual([
    'places:6379',
    'server:6379',
    'survey:6379',
  ]);
});

test('the server is ready when its own gRPC service says so', () => {
  expect(specOf('Deployment', 'server')).toMatchObject({
    template: {
      spec: {
        containers: [{ readinessProbe: { grpc: { port: 50051, service: 'routeguide.RouteGuide' } } }],
      },
    },
  });
});

const workloads = (objects: readonly KubeObject[]) =>
  objects.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name);

test('the client alone is its own sphere', () => {
  const part = objectsOf({ services: ['client'] });
  expect(part.map(({ kind }) => kind)).toEqual(['ServiceAccount', 'NetworkPolicy', 'Deployment']);
  expect(workloads(part)).toEqual(['client']);
});

test('the client with its depth is a system that runs, and leaves the survey out', () => {
  expect(workloads(objectsOf({ services: ['client'], deep: true }))).toEqual(['places', 'server', 'client']);
});

test.each([false, true])('a part (deep: %s) holds the objects of the whole, unchanged', (deep) => {
  const part = objectsOf({ services: ['client'], deep });
  expect(whole).toEqual(expect.arrayContaining(part));
});
