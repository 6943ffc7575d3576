import { checkDeployment, checkMerge } from '../../cli/ci/git-flow.js';

test.each([
  ['feature/prices', 'development'],
  ['bugfix/rounding', 'development'],
  ['patch-1', 'development'],
  ['development', 'main'],
  ['release/1.2', 'master'],
  ['hotfix/1.2.1', 'master'],
  ['feature/b', 'feature/a'],
])('%s may be merged into %s', (head, base) => {
  expect(() => checkMerge({ head, base })).not.toThrow();
});

test.each([
  ['feature/prices', 'main'],
  ['bugfix/rounding', 'master'],
  ['hotfix/', 'main'],
  ['my-development', 'main'],
])('%s may not be merged into %s', (head, base) => {
  expect(() => checkMerge({ head, base })).toThrow(`${head} → ${base}: ${base} is what runs in production`);
});

const at =
  (ref: string, environment: string, ...branches: string[]) =>
  () =>
    checkDeployment({ ref, environment, branches });

test('development goes to staging, a release of main or master to production', () => {
  expect(at('refs/heads/development', 'staging', 'development')).not.toThrow();
  expect(at('refs/tags/v1.2.0', 'production', 'main', 'development')).not.toThrow();
  expect(at('refs/tags/v1.2.0', 'production', 'master')).not.toThrow();
  expect(at('refs/tags/v1.2.0', 'staging', 'main')).not.toThrow();
});

test.each([
  ['a branch', at('refs/heads/main', 'production', 'main'), 'is no release'],
  ['a candidate', at('refs/tags/v1.2.0-rc.1', 'production', 'main'), 'is no release'],
  [
    'a tag elsewhere',
    at('refs/tags/v1.2.0', 'production', 'feature/a'),
    'is on neither main nor master but on feature/a',
  ],
  ['a feature', at('refs/heads/feature/a', 'staging', 'feature/a'), 'is not deployed to staging'],
  ['a hotfix', at('refs/heads/hotfix/a', 'staging', 'hotfix/a'), 'is not deployed to staging'],
])('%s is not deployed', (_what, deployment, message) => {
  expect(deployment).toThrow(message);
});
