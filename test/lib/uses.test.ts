import type { Deployment } from 'kubernetes-types/apps/v1';
import {
  type Environment,
  Job,
  type KubeObject,
  Middleware,
  Redis,
  Service,
  type ServiceProps,
  synthesize,
  Worker,
} from '../../lib/index.js';
import { messageOf, objectOf, objectsOf, smallApplication } from '../support/application.js';

const web: ServiceProps = { image: 'example.com/app:1.0.0', ports: { http: 8080 } };

const twoEnvironments = (clusters: readonly [string, string], use: string) =>
  smallApplication({
    clusters: { main: {}, spare: {} },
    environments: { staging: { cluster: clusters[0] }, shared: { cluster: clusters[1] } },
    services: ((env: Environment) => {
      if (env.name === 'shared') new Redis(env, 'cache');
      else new Service(env, 'web', { ...web, uses: [use] });
    }) as never,
  });

test('`uses` reaches into another environment of the same cluster, and is let in there', () => {
  const synthesis = synthesize(twoEnvironments(['main', 'main'], 'shared/cache'));
  const staging = objectsOf(synthesis, 'staging');
  expect(
    (objectOf(staging, 'Deployment', 'web') as unknown as Deployment).spec?.template.spec?.containers[0]?.env,
  ).toEqual(expect.arrayContaining([{ name: 'CACHE_HOST', value: 'cache.shared.svc' }]));
  const peer = (namespace: string, name: string) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels: { 'app.kubernetes.io/name': name } },
  });
  expect(objectOf(staging, 'NetworkPolicy', 'web').spec).toMatchObject({
    egress: [{ to: [peer('shared', 'cache')], ports: [{ port: 6379 }] }],
  });
  const letIn = { ingress: [{ from: [peer('staging', 'web')], ports: [{ port: 6379 }] }] };
  expect(objectOf(objectsOf(synthesis, 'shared'), 'NetworkPolicy', 'cache').spec).toMatchObject(letIn);
});

test('a selection of the used environment alone still lets its neighbour in', () => {
  const application = twoEnvironments(['main', 'main'], 'shared/cache');
  const alone = synthesize(application, { environments: ['shared'] });
  expect(objectsOf(alone, 'shared')).toEqual(objectsOf(synthesize(application), 'shared'));
});

test('unknown environments and names, and another cluster, are problems that say what to do', () => {
  const message = (clusters: readonly [string, string], use: string) =>
    messageOf(() => synthesize(twoEnvironments(clusters, use)));
  expect(message(['main', 'main'], 'shard/cache')).toContain(
    'there is no environment "shard"; did you mean "shared"?',
  );
  expect(message(['main', 'main'], 'shared/chache')).toContain(
    'there is no "chache" in "shared"; did you mean "cache"?',
  );
  expect(message(['main', 'spare'], 'shared/cache')).toContain(
    '"shared/cache" runs on the cluster "spare", this on "main"; reach it by its host',
  );
});

test('two things whose variables would hide each other are a problem', () => {
  expect(
    messageOf(() =>
      synthesize(
        smallApplication({
          environments: { staging: { cluster: 'main' }, shared: { cluster: 'main' } },
          services: (env) => {
            new Redis(env, 'cache');
            new Service(env, 'web', { ...web, uses: ['cache', 'shared/cache'] });
          },
        }),
      ),
    ),
  ).toContain('two of them bring variables CACHE_…');
});

describe('a selection of services', () => {
  const application = smallApplication({
    services: (env) => {
      const cache = new Redis(env, 'cache');
      new Service(env, 'api', { ...web, uses: [cache, 'web'] });
      new Service(env, 'web', { ...web, uses: ['api'], host: 'www' });
      new Worker(env, 'mailer', { image: 'example.com/app:1.0.0', uses: ['cache'] });
    },
  });
  const names = (objects: readonly KubeObject[]) =>
    [...new Set(objects.map(({ metadata }) => metadata.name))].sort();

  test('is shallow by default: the service and its own sphere, and nothing of the cluster', () => {
    const synthesis = synthesize(application, { services: ['web'] });
    expect(synthesis.stacks.map(({ name }) => name)).toEqual(['staging']);
    expect(names(objectsOf(synthesis))).toEqual(['web']);
    expect(objectsOf(synthesis).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['Deployment', 'Service', 'Ingress', 'Certificate', 'NetworkPolicy']),
    );
  });

  test('is deep on demand: all that it uses, cycles included, and nothing that uses it', () => {
    expect(names(objectsOf(synthesize(application, { services: ['web'], deep: true })))).toEqual([
      'api',
      'cache',
      'web',
    ]);
    expect(names(objectsOf(synthesize(application, { services: ['mailer'], deep: true })))).toEqual([
      'cache',
      'mailer',
    ]);
  });

  test('is deep into what comes before, too', () => {
    const withMigration = smallApplication({
      services: (env) => {
        const migrate = new Job(env, 'migrate', { image: web.image, uses: ['cache'] });
        new Redis(env, 'cache');
        new Service(env, 'web', { ...web, after: [migrate] });
      },
    });
    expect(names(objectsOf(synthesize(withMigration, { services: ['web'], deep: true })))).toEqual([
      'cache',
      'migrate',
      'web',
    ]);
  });

  test('setup and services are two things', () => {
    expect(messageOf(() => synthesize(application, { services: ['web'], setup: true }))).toContain(
      'setup: was asked for together with services',
    );
  });

  test('setup is what has to be there first', () => {
    expect(synthesize(application, { setup: true }).stacks.map(({ kind }) => kind)).toEqual(['cluster']);
  });

  test('setup and all services are the whole, without overlap', () => {
    const whole = objectsOf(synthesize(application));
    const parts = [
      ...objectsOf(synthesize(application, { setup: true })),
      ...objectsOf(synthesize(application, { services: ['web', 'mailer'], deep: true })),
    ];
    expect(parts).toEqual(whole);
  });

  test('an unknown name is a problem with a suggestion', () => {
    expect(messageOf(() => synthesize(application, { services: ['wbe'] }))).toContain(
      'service: there is no "wbe"; did you mean "web"?',
    );
  });
});

test('what belongs to no component comes along with every part', () => {
  const application = smallApplication({
    services: (env) => {
      new Middleware(env, 'limit', { rateLimit: { average: 10 } });
      new Service(env, 'web', web);
      new Service(env, 'api', web);
    },
  });
  const names = objectsOf(synthesize(application, { services: ['web'] })).map(
    ({ metadata }) => metadata.name,
  );
  expect(new Set(names)).toEqual(new Set(['limit', 'web']));
});
