import { changeKeys, fingerprintOf } from '../../stacks/machine/keys.js';
import { KEY, MACHINES } from '../nixos/machines.js';
import { run } from '../nixos/tools.js';

const BOB =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG9uZSB0d28gdGhyZWUgZm91ciBmaXZlIHNpeCBzZXZl bob@example.com';

test('keys are added once and removed by their comment', () => {
  const both = changeKeys(MACHINES.single, { add: [BOB, `${KEY} twice`] });
  expect(both.sshKeys).toEqual([KEY, BOB]);
  expect(changeKeys(both, { remove: ['ada@example.com'] }).sshKeys).toEqual([BOB]);
  expect(changeKeys(both, { remove: [BOB] })).toEqual(MACHINES.single);
});

test('what is not there cannot be removed, and a slip is noticed', () => {
  expect(() => changeKeys(MACHINES.single, { remove: ['ada@exampel.com'] })).toThrow(
    'did you mean "ada@example.com"',
  );
});

test('the key of the connection stays, and one key at least', () => {
  const swap = { add: [BOB], remove: ['ada@example.com'] };
  expect(() => changeKeys(MACHINES.single, swap, fingerprintOf(KEY))).toThrow(
    /lacks the key of this connection/,
  );
  expect(changeKeys(MACHINES.single, swap, fingerprintOf(BOB)).sshKeys).toEqual([BOB]);
  expect(() => changeKeys(MACHINES.single, { remove: [KEY] })).toThrow('is empty: nobody could log in');
});

test('a fingerprint is what ssh-keygen shows', () => {
  const { status, stdout } = run('ssh-keygen', ['-l', '-f', '-'], { input: `${KEY}\n` });
  if (status === 0) expect(stdout).toContain(fingerprintOf(KEY));
  else process.stderr.write('keys.test.ts: not compared with ssh-keygen, which is missing\n');
});
