import { explainForbidden } from '../../stacks/forbidden.js';

const by = (account: string, rest: string) =>
  `cannot create x: x is forbidden: User "system:serviceaccount:access:${account}" cannot ${rest}`;

test.each([
  [
    by('deploy-staging', 'create resource "deployments" in API group "apps" in the namespace "production"'),
    'deploy-staging may not create deployments.apps in the namespace production: it reaches the environment staging and nothing else.',
  ],
  [
    by(
      'deploy-staging',
      'create resource "podmonitors" in API group "monitoring.coreos.com" in the namespace "staging"',
    ),
    'add "podmonitors.monitoring.coreos.com" to its cluster\'s "deployable"',
  ],
  [
    by('person-ada', 'list resource "nodes" in API group "" at the cluster scope'),
    'person-ada may not list nodes of the cluster: it reaches what the application gives that person.',
  ],
  [
    'User "jane" cannot get resource "pods" in API group "" in the namespace "a"',
    'jane may not get pods in the namespace a; use a kubeconfig that may',
  ],
])('%s', (message, explained) => {
  expect(explainForbidden(message)).toContain(explained);
});

test('another message is left as it is', () => {
  expect(explainForbidden('exceeded quota: environment')).toBeUndefined();
});
