import fc from 'fast-check';
import lunch from '../examples/lunch/app.js';
import { type Environment, type KubeObject, Service, synthesize } from '../lib/index.js';
import { smallApplication } from './support/application.js';
import { everyKind, image } from './support/every-kind.js';
import { asSet, basicConnections, toInternet } from './support/network-policy/expected.js';
import { allowedConnections, PRIVATE, worldOf } from './support/network-policy/world.js';

/** Everything that one cluster gets. */
const clusterObjects = (application: Parameters<typeof synthesize>[0], cluster: string): KubeObject[] =>
  synthesize(application, { user: 'ada' })
    .stacks.filter((stack) => stack.cluster === cluster)
    .flatMap(({ manifests }) => manifests.flatMap(({ objects }) => objects));

/** What is let through beyond names and certificate challenges. */
function opened(
  objects: readonly KubeObject[],
  namespaces: readonly string[],
  extra: number[] = [],
): string[] {
  const world = worldOf(objects);
  const basic = new Set(basicConnections(world, namespaces));
  const allowed = allowedConnections(world, namespaces, extra);
  const missing = [...basic].filter((connection) => !allowed.includes(connection));
  if (missing.length > 0) throw new Error(`denied, though every pod needs it:\n${missing.join('\n')}`);
  return allowed.filter((connection) => !basic.has(connection));
}

const traefikTo = (pod: string, port: number) => `kube-system/traefik -> ${pod} TCP/${port}`;

describe('lunch', () => {
  test('in its local environment: the ingress reaches web, web reaches its sessions, and that is all', () => {
    expect(opened(clusterObjects(lunch, 'local'), ['local'])).toEqual(
      asSet([traefikTo('local/web', 8080), 'local/web -> local/sessions TCP/6379']),
    );
  });

  test('four environments of one cluster do not reach each other', () => {
    const namespaces = ['development', 'staging', 'production', 'ada'];
    expect(opened(clusterObjects(lunch, 'main'), namespaces)).toEqual(
      asSet([
        ...namespaces.map((namespace) => traefikTo(`${namespace}/web`, 8080)),
        ...['development', 'ada'].map((namespace) => `${namespace}/web -> ${namespace}/sessions TCP/6379`),
        ...['staging', 'production'].flatMap((namespace) => toInternet(`${namespace}/web`, 16379)),
      ]),
    );
  });
});

describe("the platform of lunch's cluster", () => {
  const objects = clusterObjects(lunch, 'main');

  test('the registry is scraped, and reached by nodes alone, whom no policy hinders', () => {
    expect(opened(objects, ['registry'])).toEqual(['monitoring/prometheus -> registry/registry TCP/5001']);
  });

  test("nobody reaches the metadata service's port", () => {
    const world = worldOf(objects);
    const namespaces = [...new Set(world.pods.map(({ namespace }) => namespace))].filter(
      (namespace) => !['kube-system', 'default'].includes(namespace),
    );
    const reached = allowedConnections(world, namespaces).filter((path) =>
      path.endsWith('-> the metadata service TCP/80'),
    );
    expect(reached).toEqual([]);
  });
});

const NAMESPACES = ['staging', 'production'];

/** The paths of {@link everyKind}, written out. */
const everyPath = asSet([
  ...NAMESPACES.flatMap((namespace) => {
    const way = (from: string, to: string, ...ports: number[]) =>
      ports.map((port) => `${namespace}/${from} -> ${namespace}/${to} TCP/${port}`);
    return [
      ...way('api', 'web', 8080, 9100),
      ...way('api', 'store', 5432),
      ...toInternet(`${namespace}/api`, 443),
      ...way('web', 'api', 50051, 9000),
      ...way('web', 'cache', 6379),
      ...way('mail', 'store', 5432),
      `${namespace}/mail -> the private network TCP/25060`,
      ...way('report', 'store', 5432),
      ...way('migrate', 'store', 5432),
      traefikTo(`${namespace}/web`, 8080),
      traefikTo(`${namespace}/web`, 9100),
      `monitoring/prometheus -> ${namespace}/web TCP/9100`,
      `monitoring/prometheus -> ${namespace}/store TCP/9187`,
    ];
  }),
  'production/mail -> staging/api TCP/50051',
  'production/mail -> staging/api TCP/9000',
]);

describe('every kind of workload, in two environments of one cluster', () => {
  const objects = clusterObjects(everyKind, 'main');
  const policies = objects.filter(
    ({ kind, metadata }) => kind === 'NetworkPolicy' && NAMESPACES.includes(metadata.namespace ?? ''),
  );
  const paths = (changed: readonly KubeObject[]) => {
    const world = worldOf(changed);
    return allowedConnections(world, NAMESPACES, EXTRA);
  };
  const EXTRA = [25060, 9187];
  const all = asSet([...everyPath, ...basicConnections(worldOf(objects), NAMESPACES)]);

  test('exactly the declared paths are open', () => {
    expect(opened(objects, NAMESPACES, EXTRA)).toEqual(everyPath);
  });

  test('nobody reaches the metadata service, the API server or a private network that is not declared', () => {
    const reached = paths(objects).filter((path) =>
      Object.keys(PRIVATE).some((name) => path.includes(`-> ${name} `)),
    );
    expect(reached).toEqual(
      NAMESPACES.map((namespace) => `${namespace}/mail -> the private network TCP/25060`).sort(),
    );
  });

  test.each(
    policies.map((policy) => [`${policy.metadata.namespace}/${policy.metadata.name}`, policy] as const),
  )('the policy %s is needed, and one more rule in it would show', (_name, policy) => {
    const without = objects.filter((object) => object !== policy);
    expect(paths(without)).not.toEqual(all);
    const { ingress = [], egress = [], ...spec } = policy.spec as Record<'ingress' | 'egress', object[]>;
    for (const rules of [{ ingress: [...ingress, {}] }, { egress: [...egress, {}] }]) {
      const spoilt = {
        ...policy,
        spec: { ...spec, policyTypes: ['Ingress', 'Egress'], ingress, egress, ...rules },
      };
      const added = paths([...without, spoilt]).filter((path) => !all.includes(path));
      expect(added).not.toEqual([]);
    }
  });
});

/** Services in two environments; which of them use which, by index. */
const graphs = fc.integer({ min: 1, max: 5 }).chain((size) => {
  const index = fc.nat(2 * size - 1);
  return fc.record({
    services: fc.array(
      fc.record({
        ports: fc.uniqueArray(fc.integer({ min: 1024, max: 65535 }), { minLength: 1, maxLength: 2 }),
        host: fc.boolean(),
        scraped: fc.boolean(),
      }),
      { minLength: 2 * size, maxLength: 2 * size },
    ),
    edges: fc.uniqueArray(fc.tuple(index, index), { maxLength: 12, selector: String }),
  });
});

test('whatever uses whatever: the open paths are the edges', () => {
  fc.assert(
    fc.property(graphs, ({ services, edges }) => {
      const half = services.length / 2;
      const namespaceOf = (index: number) => (index < half ? 'staging' : 'production');
      const nameOf = (index: number) => `s${index}`;
      const application = smallApplication({
        environments: { staging: { cluster: 'main' }, production: { cluster: 'main' } },
        services: (env) => addServices(env),
      });
      function addServices(env: Environment<unknown>): void {
        services.forEach(({ ports, host, scraped }, index) => {
          if (namespaceOf(index) !== env.name) return;
          new Service(env, nameOf(index), {
            image,
            ports: Object.fromEntries(ports.map((port, at) => [`p${at}`, port])),
            ...(host && { host: nameOf(index) }),
            ...(scraped && { metrics: { port: ports[0] ?? 0 } }),
            uses: edges
              .filter(([from]) => from === index)
              .map(([, to]) => `${namespaceOf(to)}/${nameOf(to)}`),
          });
        });
      }
      const pod = (index: number) => `${namespaceOf(index)}/${nameOf(index)}`;
      const expected = [
        ...edges.flatMap(([from, to]) =>
          (services[to]?.ports ?? []).map((port) => `${pod(from)} -> ${pod(to)} TCP/${port}`),
        ),
        ...services.flatMap(({ ports: [port = 0], host, scraped }, index) => [
          ...(host ? [traefikTo(pod(index), port)] : []),
          ...(scraped ? [`monitoring/prometheus -> ${pod(index)} TCP/${port}`] : []),
        ]),
      ];
      expect(opened(clusterObjects(application, 'main'), NAMESPACES)).toEqual(asSet(expected));
    }),
    { numRuns: 30 },
  );
});
