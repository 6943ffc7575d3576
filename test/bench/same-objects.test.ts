import { difference } from '../../bench/same-objects.js';

const object = (name: string, spec: object) => ({ kind: 'Service', metadata: { name }, spec });
const ours = [
  object('a', { ports: [1, 2], selector: { 'app.kubernetes.io/name': 'a' } }),
  object('b', { x: 1, y: 2 }),
];

test('order of objects and of fields, and the label of the selector, make no difference', () => {
  const theirs = [
    object('b', { y: 2, x: 1 }),
    object('a', { selector: { 'cdk8s.io/metadata.addr': 'hash-c82c53a3' }, ports: [1, 2] }),
  ];
  expect(difference(ours, theirs)).toBeUndefined();
});

test.each([
  ['a value', [ours[0], object('b', { x: 1, y: 3 })]],
  ['a field', [ours[0], object('b', { x: 1 })]],
  [
    'the order of a list',
    [object('a', { ports: [2, 1], selector: { 'app.kubernetes.io/name': 'a' } }), ours[1]],
  ],
  ['an object', [ours[0]]],
])('%s that differs is found', (_what, theirs) => {
  expect(difference(ours, theirs as typeof ours)).toBeDefined();
});
