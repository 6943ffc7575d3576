import { text } from '../../embedded/kubernetes-provider/property-values.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { previewStack, upStack } from '../../stacks/deploy.js';
import { StackBed } from './stack-bed.js';

/* An object that is described in another version of its API group, with the real engine and the real API server. */
let stacks: StackBed;
beforeAll(async () => {
  stacks = await StackBed.start();
});
afterAll(() => stacks?.stop());

const scaler = (version: 'v1' | 'v2'): KubeObject => ({
  apiVersion: `autoscaling/${version}`,
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace: 'versions' },
  spec: {
    minReplicas: 2,
    maxReplicas: 4,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    ...(version === 'v1' && { targetCPUUtilizationPercentage: 70 }),
    ...(version === 'v2' && {
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
    }),
  },
});

test.each([
  ['v1', 'v2'],
  ['v2', 'v1'],
] as const)('from %s to %s: it is changed in place, and it is the same object', async (from, to) => {
  const uid = async () =>
    text(
      await stacks.bed.find('/apis/autoscaling/v2/namespaces/versions/horizontalpodautoscalers/web'),
      'metadata',
      'uid',
    );
  await upStack(stacks.options('versions', [scaler(from)]));
  const before = await uid();
  const next = stacks.options('versions', [scaler(to)]);
  const inPlace = { create: 0, update: 1, replace: 0, delete: 0 };
  expect((await previewStack(next)).counts).toMatchObject(inPlace);
  expect((await upStack(next)).counts).toMatchObject(inPlace);
  expect(await uid()).toBe(before);
  expect((await upStack(next)).changes).toEqual([]);
});
