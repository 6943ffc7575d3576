import { resolve } from 'node:path';
import { chooseTarget } from '../../cli/target.js';
import { messageOf } from '../support/application.js';

const none = () => false;
const all = () => true;

test('without a word it is the embedded control plane', () => {
  expect(chooseTarget({}, all)).toEqual({ kind: 'embedded' });
});

test('an environment goes where its settings say', () => {
  expect(chooseTarget({ env: ['staging'] }, all)).toEqual({ kind: 'settings' });
});

test('an environment without settings is never applied by guess', () => {
  const message = messageOf(() =>
    chooseTarget({ env: ['staging', 'production'] }, (name) => name === 'staging'),
  );
  expect(message).toContain('--env production: has no Pulumi.production.yaml that says where its cluster is');
  expect(message).toContain('--kubeconfig FILE --context NAME');
  expect(message).toContain('--embedded');
  expect(chooseTarget({ env: ['staging'], embedded: true }, none)).toEqual({ kind: 'embedded' });
});

test('a cluster is named by file and context; the current context is never used', () => {
  expect(chooseTarget({ kubeconfig: 'k.yaml', context: 'prod' }, none)).toEqual({
    kind: 'kubeconfig',
    file: resolve('k.yaml'),
    context: 'prod',
  });
  expect(messageOf(() => chooseTarget({ kubeconfig: 'k.yaml' }, all))).toContain('--context: is missing');
  expect(messageOf(() => chooseTarget({ context: 'prod' }, all))).toContain('--kubeconfig: is missing');
  expect(messageOf(() => chooseTarget({ embedded: true, context: 'prod' }, all))).toContain(
    '--embedded: contradicts',
  );
});
