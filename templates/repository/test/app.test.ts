import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KubeObject, synthesize } from 'keelson';
import application from '../app.js';

const { stacks } = synthesize(application);
const objects = (stack: string): readonly KubeObject[] =>
  stacks.find(({ name }) => name === stack)?.manifests.flatMap((manifest) => manifest.objects) ?? [];
const deployment = (stack: string): KubeObject | undefined =>
  objects(stack).find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'web');

test('every environment has a stack, and every cluster one of its own', () => {
  assert.deepEqual(
    stacks.map(({ name }) => name),
    ['local-cluster', 'main-cluster', 'local', 'staging', 'production'],
  );
});

for (const environment of ['local', 'staging', 'production'])
  test(`${environment}: web is updated without a failed request`, () => {
    const { strategy } = (deployment(environment)?.spec ?? {}) as { strategy?: object };
    assert.deepEqual(strategy, { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
  });

test('production answers at its own name', () => {
  const production = stacks.find(({ name }) => name === 'production');
  assert.deepEqual(production?.urls, ['https://www.starter.example.com']);
});
