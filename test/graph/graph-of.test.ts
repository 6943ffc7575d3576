import { graphOf } from '../../lib/graph/graph-of.js';
import { Redis, Service, Worker } from '../../lib/index.js';
import { messageOf, smallApplication } from '../support/application.js';

const IMAGE = 'example.com/web:1.0.0';

const shop = smallApplication({
  environments: { staging: { cluster: 'main' }, production: { cluster: 'main' } },
  services: (env) => {
    const cache = new Redis(env, 'cache');
    const worker = { image: IMAGE, uses: [cache] };
    new Service(env, 'web', { image: IMAGE, ports: { http: 8080 }, host: ['www', '@'], uses: ['api'] });
    new Service(env, 'api', { image: IMAGE, ports: { grpc: 9090 }, uses: [cache, 'rates'] });
    new Service(env, 'rates', { image: IMAGE, ports: { grpc: 9090 }, uses: ['api'] });
    new Worker(env, 'mailer', env.name === 'production' ? { ...worker, uses: ['staging/api'] } : worker);
  },
});

const pairs = (...args: Parameters<typeof graphOf>) =>
  graphOf(...args).edges.map(({ from, to }) => `${from} ${to}`);
const ids = (...args: Parameters<typeof graphOf>) => graphOf(...args).nodes.map(({ id }) => id);

test('components, hosts and stores with their kinds', () => {
  const { application, environments, nodes } = graphOf(shop, { environments: ['staging'] });
  expect({ application, environments }).toEqual({ application: 'small', environments: ['staging'] });
  expect(Object.fromEntries(nodes.map(({ id, kind }) => [id, kind]))).toEqual({
    'staging/host:www.staging.small.example.com': 'host',
    'staging/host:staging.small.example.com': 'host',
    'staging/cache': 'store',
    'staging/web': 'service',
    'staging/api': 'service',
    'staging/rates': 'service',
    'staging/mailer': 'worker',
    'production/mailer': 'worker',
  });
});

test('edges lead from who asks to who answers, also from another environment', () => {
  expect(pairs(shop, { environments: ['staging'] }).sort()).toEqual([
    'production/mailer staging/api',
    'staging/api staging/cache',
    'staging/api staging/rates',
    'staging/host:staging.small.example.com staging/web',
    'staging/host:www.staging.small.example.com staging/web',
    'staging/mailer staging/cache',
    'staging/rates staging/api',
    'staging/web staging/api',
  ]);
});

test('a cycle is named', () => {
  expect(graphOf(shop).cycles).toEqual([
    ['staging/api', 'staging/rates'],
    ['production/api', 'production/rates'],
  ]);
});

test('a service has around it what it uses; deep, all that this leads to', () => {
  const selection = { environments: ['staging'], services: ['web'] };
  const hosts = ['staging/host:www.staging.small.example.com', 'staging/host:staging.small.example.com'];
  expect(ids(shop, selection)).toEqual([...hosts, 'staging/web', 'staging/api']);
  expect(ids(shop, { ...selection, deep: true }).sort()).toEqual(
    [...hosts, 'staging/api', 'staging/cache', 'staging/rates', 'staging/web'].sort(),
  );
});

test('the same application gives the same graph', () => {
  expect(graphOf(shop)).toEqual(graphOf(shop));
});

test('what is wrong with the selection or the application is said as everywhere', () => {
  expect(messageOf(() => graphOf(shop, { environments: ['stagin'] }))).toContain('did you mean "staging"?');
  expect(messageOf(() => graphOf(shop, { services: ['wep'] }))).toContain('did you mean "web"?');
  const broken = smallApplication({
    services: (env) => void new Service(env, 'web', { image: IMAGE, ports: { http: 8080 }, uses: ['wep'] }),
  });
  expect(messageOf(() => graphOf(broken))).toContain('there is no "wep"');
});
