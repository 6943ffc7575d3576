import fc from 'fast-check';
import { nameProblem } from '../../lib/config/name.js';
import { defineApplication, environmentsOf, synthesize } from '../../lib/index.js';
import { messageOf, smallApplication } from '../support/application.js';

test('reports every problem of an application at once, with its place and its mend', () => {
  const message = messageOf(() =>
    defineApplication({
      name: 'Lunch!',
      domain: 'not a host',
      contact: 'nobody',
      clusters: { main: { ingres: 'k3s' } },
      environments: { staging: { cluster: 'main', issuer: 'letsencrypt-stagin', doman: 'x' } },
      servces: () => undefined,
    } as never),
  );
  expect(message).toContain('Application "Lunch!" has 8 problems:');
  expect(message).toContain('name: "Lunch!" is no valid name; use at most 63 lower-case letters');
  expect(message).toContain('domain: "not a host" is no valid host name');
  expect(message).toContain('contact: "nobody" is no e-mail address');
  expect(message).toContain(
    'clusters.main.ingres: unknown key; did you mean "ingress"? allowed: ingress, certManager',
  );
  expect(message).toContain('environments.staging.doman: unknown key; did you mean "domain"?');
  expect(message).toContain(
    'environments.staging.issuer: "letsencrypt-stagin" was given; did you mean "letsencrypt-staging"? allowed: self-signed, letsencrypt-staging, letsencrypt-production',
  );
  expect(message).toContain('servces: unknown key; did you mean "services"?');
  expect(message).toContain('services: is missing');
});

test('an environment names a cluster that exists', () => {
  expect(messageOf(() => smallApplication({ environments: { staging: { cluster: 'mian' } } }))).toContain(
    'environments.staging.cluster: there is no cluster "mian"; did you mean "main"? allowed: main',
  );
});

test.each(['default', 'kube-system', 'cert-manager', 'main-cluster', 'main-machines'])(
  '%s is no name for an environment',
  (name) => {
    expect(messageOf(() => smallApplication({ environments: { [name]: { cluster: 'main' } } }))).toContain(
      'is reserved',
    );
  },
);

test('people need a template and names of their own', () => {
  expect(messageOf(() => smallApplication({ people: ['ada'] }))).toContain('people: needs "personal"');
  expect(messageOf(() => smallApplication({ people: ['staging'], personal: { cluster: 'main' } }))).toContain(
    'people: "staging" names an environment already',
  );
});

test('the person at the keyboard has an environment of their own beside those of the team', () => {
  const application = smallApplication({ people: ['ada'], personal: { cluster: 'main' } });
  expect(
    environmentsOf(application.definition, 'grace').map(({ name, personal }) => [name, personal]),
  ).toEqual([
    ['staging', false],
    ['ada', true],
    ['grace', true],
  ]);
  expect(environmentsOf(application.definition, 'ada')).toHaveLength(2);
  expect(environmentsOf(application.definition, 'staging')).toHaveLength(2);
});

test.each([
  ['registry', 'is reserved'],
  ['kube-system', 'is reserved'],
  ['main-cluster', 'is reserved'],
  ['Ada L', 'is no valid name'],
])('%s as the person at the keyboard is refused where people have environments', (user, problem) => {
  const { definition } = smallApplication({ personal: { cluster: 'main' } });
  for (const message of [
    messageOf(() => environmentsOf(definition, user)),
    messageOf(() => synthesize(smallApplication({ personal: { cluster: 'main' } }), { user })),
  ]) {
    expect(message).toContain(`personal: "${user}" ${problem}`);
    expect(message).toContain('set KEELSON_USER to another name');
  }
  expect(environmentsOf(smallApplication().definition, user)).toHaveLength(1);
});

test('an unknown environment is an error with a suggestion', () => {
  expect(messageOf(() => synthesize(smallApplication(), { environments: ['stagin'] }))).toBe(
    'Application "small" has 1 problem:\n  environment: there is no "stagin"; did you mean "staging"? allowed: staging',
  );
});

test('images.lock.json is checked like the rest', () => {
  const digest = 'sha256:abc';
  const message = messageOf(() =>
    smallApplication({
      images: { web: { staging: { repository: 'example.com/web:1', tag: 'latest', digest } } },
    }),
  );
  expect(message).toContain('images.web.staging.repository: "example.com/web:1" is no repository');
  expect(message).toContain('images.web.staging.tag: "latest" names no version');
  expect(message).toContain(`images.web.staging.digest: "${digest}" is no digest`);
});

test('names are exactly the DNS labels that begin with a letter', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/),
      (name) => nameProblem(name) === undefined,
    ),
  );
  fc.assert(
    fc.property(fc.string(), (name) => {
      const valid = name.length > 0 && name.length <= 63 && /^[a-z]$|^[a-z][a-z0-9-]*[a-z0-9]$/.test(name);
      return (nameProblem(name) === undefined) === (valid && !name.includes('\n'));
    }),
  );
});
