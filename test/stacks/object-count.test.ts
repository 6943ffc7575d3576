import { objectCount } from '../../stacks/object-count.js';
import { object } from './objects.js';

test('what is left out is not counted, and a Secret for each need is', () => {
  const stack = {
    kind: 'cluster',
    name: 'main-cluster',
    cluster: 'main',
    manifests: [
      { name: 'a', objects: [object('v1', 'Namespace', 'a'), object('v1', 'ConfigMap', 'b', 'a')] },
      { name: 'b', objects: [object('v1', 'Namespace', 'c')] },
    ],
    secrets: [{ name: 'key', namespace: 'a', keys: ['k', 'l'], generate: false }],
    urls: [],
  } as const;
  const matches = ({ kind }: { readonly kind: string }) => kind === 'ConfigMap';
  expect(objectCount(stack)).toBe(4);
  expect(objectCount(stack, [{ reason: 'tried', matches }])).toBe(3);
});
