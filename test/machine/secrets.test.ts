import { secretFiles } from '../../stacks/machine/secrets.js';
import { configurationTree } from '../../stacks/machine/upload.js';
import { MACHINES } from '../nixos/machines.js';

const TOKENS = { token: 'one', agentToken: 'two' };
const BUCKET = { accessKeyId: 'id', secretAccessKey: 'key/+=' };

test('a server has both tokens, with snapshots the key of the bucket, and an agent its own', () => {
  expect(secretFiles(MACHINES.single, TOKENS)).toEqual({ token: 'one', 'agent-token': 'two' });
  expect(secretFiles(MACHINES.first, { ...TOKENS, snapshots: BUCKET })['snapshots.env']).toBe(
    'AWS_ACCESS_KEY_ID=id\nAWS_SECRET_ACCESS_KEY=key/+=\n',
  );
  expect(secretFiles(MACHINES.agent, { token: 'two' })).toEqual({ token: 'two' });
});

test('what is missing or too much is told at once', () => {
  expect(() => secretFiles(MACHINES.first, { token: 'one' })).toThrow(
    /agentToken: is missing.*snapshots: is missing/s,
  );
  expect(() => secretFiles(MACHINES.agent, { ...TOKENS, snapshots: BUCKET })).toThrow(
    /agentToken: is too much.*snapshots: is too much/s,
  );
});

test('a value that would become two lines is refused and not quoted', () => {
  const give = () => secretFiles(MACHINES.single, { ...TOKENS, token: 'hidden\nAWS_X=1' });
  expect(give).toThrow(/token: is empty, or has spaces/);
  expect(give).not.toThrow(/hidden/);
});

test('the same configuration has the same hash; another key has another', () => {
  const hash = (node = MACHINES.single) => configurationTree(node, { 'default.nix': '{ }' }).hash;
  expect(hash()).toBe(hash());
  expect(hash(MACHINES.joining)).not.toBe(hash());
});
