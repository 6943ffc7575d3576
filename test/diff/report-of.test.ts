import type { Content } from '../../cli/diff/manifests.js';
import { reportOf } from '../../cli/diff/report-of.js';
import type { LoadedSide } from '../../cli/diff/side.js';

const content = (name: string): Content => ({
  text: () => name,
  objects: () => [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }],
});

const side = (
  stacks: Readonly<Record<string, readonly string[]>>,
  failed: readonly string[] = [],
): LoadedSide => ({
  name: 'side',
  stacks: new Map(
    Object.entries(stacks).map(([stack, manifests]) => [
      stack,
      new Map(manifests.map((manifest) => [manifest, content(manifest)])),
    ]),
  ),
  problems: failed.map((stack) => ({ stack, message: 'no' })),
});

const whole = side({
  'main-cluster': ['cert-manager', 'environment-staging', 'environment-production'],
  'main-machines': ['machines'],
  staging: ['shop'],
  production: ['shop'],
  'local-cluster': ['environment-local'],
  local: ['shop'],
});

test('a cluster is no deletion where everything on it failed on one side', () => {
  const half = side({ 'local-cluster': ['environment-local'], local: ['shop'] }, ['staging', 'production']);
  const { stacks, uncompared } = reportOf(whole, half, undefined);
  expect(stacks.map(({ name, changes }) => [name, changes.length])).toEqual([
    ['local-cluster', 0],
    ['local', 0],
  ]);
  expect(uncompared.map(({ stack }) => stack).sort()).toEqual([
    'main-cluster',
    'main-machines',
    'production',
    'staging',
  ]);
});

test('a cluster that carries what both sides have is compared, without what failed', () => {
  const half = side({ ...entries(whole, 'production'), 'main-cluster': ['environment-staging'] }, [
    'production',
  ]);
  const { stacks } = reportOf(whole, half, undefined);
  const cluster = stacks.find(({ name }) => name === 'main-cluster');
  expect(cluster?.changes).toMatchObject([
    { action: 'delete', before: { metadata: { name: 'cert-manager' } } },
  ]);
});

test('a cluster that one side has no more is a deletion', () => {
  const less = side({ 'local-cluster': ['environment-local'], local: ['shop'] });
  const { stacks, uncompared } = reportOf(whole, less, undefined);
  expect(stacks.filter(({ missing }) => missing === 'after').map(({ name }) => name)).toEqual([
    'main-cluster',
    'main-machines',
    'staging',
    'production',
  ]);
  expect(uncompared).toEqual([]);
});

const entries = ({ stacks }: LoadedSide, without: string) =>
  Object.fromEntries(
    [...stacks]
      .filter(([stack]) => stack !== without)
      .map(([stack, manifests]) => [stack, [...manifests.keys()]]),
  );
