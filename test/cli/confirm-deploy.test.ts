import { confirm } from '../../cli/confirm.js';
import { confirmDeploy } from '../../cli/confirm-deploy.js';
import { dataIn } from '../../cli/run-scope.js';
import lunch from '../../examples/lunch/app.js';
import { synthesize } from '../../lib/synth.js';

jest.mock('../../cli/confirm.js', () => ({ confirm: jest.fn(async () => {}) }));
const asked = () => jest.mocked(confirm).mock.calls.map(([question, { expected }]) => [question, expected]);
beforeEach(() => jest.mocked(confirm).mockClear());

const destroy = { verb: 'destroy', stacks: ['staging', 'main-cluster'] } as const;
const data = ['staging/PersistentVolumeClaim/orders'];

test('a destroy is asked for by the names of the stacks, and again where data goes', async () => {
  await confirmDeploy({ ...destroy, data }, {});
  expect(asked()).toEqual([
    ['Type "staging main-cluster" to destroy: ', 'staging main-cluster'],
    [
      '  staging/PersistentVolumeClaim/orders\nTheir data goes for good. Type "delete data" to go on: ',
      'delete data',
    ],
  ]);
});

test('of a selection the objects are shown, and one question is enough where no data goes', async () => {
  await confirmDeploy({ ...destroy, objects: ['staging/Service/web'] }, {});
  expect(asked()).toEqual([
    [
      '  staging/Service/web\nType "staging main-cluster" to destroy these objects of it: ',
      expect.anything(),
    ],
  ]);
});

test('--yes answers one question, not the second', async () => {
  const much = Array.from({ length: 13 }, (_, index) => `staging/PersistentVolumeClaim/c${index}`);
  await expect(confirmDeploy({ ...destroy, data: much }, { yes: true })).rejects.toThrow(
    /--delete-data: is missing beside --yes: staging\/PersistentVolumeClaim\/c0, .*c9, 3 more would go for good/,
  );
  await confirmDeploy({ ...destroy, data }, { yes: true, deleteData: true });
  await confirmDeploy(destroy, { yes: true });
  expect(asked()).toEqual([]);
  await confirmDeploy({ ...destroy, data }, { deleteData: true });
  expect(asked()).toHaveLength(1);
});

test('data is what no manifest brings back, of the chosen stacks and objects', () => {
  const synthesis = synthesize(lunch, {
    environments: ['development'],
  });
  const stacks = ['development'];
  expect(dataIn(synthesis, stacks, undefined)).toEqual(['development/StatefulSet/sessions']);
  expect(dataIn(synthesis, ['main-cluster'], undefined)).toContain('Namespace/development');
  expect(dataIn(synthesis, stacks, new Map([['development', ['development/Deployment/web']]]))).toEqual([]);
});
