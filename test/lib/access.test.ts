import type { PolicyRule, RoleBinding } from 'kubernetes-types/rbac/v1';
import boutique from '../../examples/boutique/app.js';
import lunch from '../../examples/lunch/app.js';
import routeguide from '../../examples/routeguide/app.js';
import streams from '../../examples/streams/app.js';
import { DEBUG, deploy, READ } from '../../lib/constructs/access/rules.js';
import { synthesize } from '../../lib/index.js';
import { messageOf, objectOf, objectsOf, smallApplication } from '../support/application.js';
import { everyKind } from '../support/every-kind.js';
import { everything } from '../support/everything.js';

const plural = (kind: string): string => {
  const name = kind.toLowerCase();
  if (name.endsWith('s')) return `${name}es`;
  return name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`;
};

const CHANGE = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
const changed = (rules: readonly PolicyRule[]): string[] =>
  rules
    .filter(({ verbs }) => CHANGE.every((verb) => verbs.includes(verb)))
    .flatMap(({ apiGroups = [], resources = [] }) =>
      apiGroups.flatMap((group) => resources.map((resource) => `${resource}.${group}`)),
    );

test('who deploys may change every kind that an environment can have, and no other', () => {
  const kinds = [boutique, lunch, routeguide, streams, everything, everyKind].flatMap((application) =>
    synthesize(application, { user: 'ada' })
      .stacks.filter(({ kind }) => kind === 'environment')
      .flatMap(({ manifests }) => manifests.flatMap(({ objects }) => objects))
      .map(({ apiVersion, kind }) => {
        const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
        return `${plural(kind)}.${group}`;
      }),
  );
  expect([...new Set([...kinds, 'secrets.'])].sort()).toEqual(changed(deploy()).sort());
});

test('who reads or debugs changes nothing and sees no Secret', () => {
  const verbs = READ.flatMap((rule) => rule.verbs);
  expect([...new Set(verbs)].sort()).toEqual(['get', 'list', 'watch']);
  expect([...READ, ...DEBUG].flatMap(({ resources = [] }) => resources)).not.toContain('secrets');
  expect(DEBUG.flatMap(({ resources = [] }) => resources)).toEqual(['pods/exec', 'pods/portforward']);
});

const team = smallApplication({
  environments: { staging: { cluster: 'main', access: { ada: 'deploy', grace: 'read' } } },
  personal: { cluster: 'main', access: { grace: 'debug' } },
  people: ['ada', 'grace'],
});

test('each level has those before it; a personal environment is deployed by its owner alone', () => {
  const objects = objectsOf(synthesize(team), 'main-cluster');
  const subjects = (namespace: string, level: string) => {
    const found = objects.filter(
      ({ kind, metadata }) =>
        kind === 'RoleBinding' && metadata.namespace === namespace && metadata.name === `keelson-${level}`,
    );
    return found.flatMap((one) => (one as unknown as RoleBinding).subjects?.map(({ name }) => name));
  };
  expect(subjects('staging', 'read')).toEqual(['person-ada', 'person-grace']);
  expect(subjects('staging', 'debug')).toEqual(['person-ada']);
  expect(subjects('staging', 'deploy')).toEqual(['deploy-staging', 'person-ada']);
  expect(subjects('ada', 'deploy')).toEqual(['person-ada']);
  expect(subjects('ada', 'debug')).toEqual(['person-grace', 'person-ada']);
  const accounts = objects.filter(
    ({ kind, metadata }) => kind === 'ServiceAccount' && metadata.namespace === 'access',
  );
  expect(accounts.map(({ metadata }) => metadata.name).sort()).toEqual([
    'deploy-staging',
    'person-ada',
    'person-grace',
  ]);
});

test('further kinds are named, and none that would lead out', () => {
  const withKinds = (...deployable: string[]) => smallApplication({ clusters: { main: { deployable } } });
  const objects = objectsOf(
    synthesize(withKinds('persistentvolumeclaims', 'podmonitors.monitoring.coreos.com')),
    'main-cluster',
  );
  const role = objectOf(objects, 'ClusterRole', 'keelson-deploy');
  expect(role.rules).toEqual(
    expect.arrayContaining([
      { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: CHANGE },
      { apiGroups: ['monitoring.coreos.com'], resources: ['podmonitors'], verbs: CHANGE },
    ]),
  );
  for (const kind of [
    'namespaces',
    'resourcequotas',
    'rolebindings.rbac.authorization.k8s.io',
    'validatingadmissionpolicies.admissionregistration.k8s.io',
  ])
    expect(messageOf(() => withKinds(kind))).toContain(`"${kind}" would let who deploys become more`);
  for (const kind of ['*', 'pods/exec', 'serviceaccounts/token', 'PodMonitor', ''])
    expect(messageOf(() => withKinds(kind))).toContain('is no kind');
});

test('access is given to people of the application', () => {
  expect(
    messageOf(() =>
      smallApplication({
        environments: { staging: { cluster: 'main', access: { adda: 'read' } } },
        people: ['ada'],
        personal: { cluster: 'main' },
      }),
    ),
  ).toContain('environments.staging.access: there is no "adda" in people; did you mean "ada"?');
  expect(() =>
    smallApplication({
      environments: { staging: { cluster: 'main', access: { ada: 'read' } } },
      people: ['ada'],
    }),
  ).not.toThrow();
});
