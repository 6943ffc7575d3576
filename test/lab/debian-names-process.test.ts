import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageNames } from './debian-names.js';

const folder = mkdtempSync(join(tmpdir(), 'keelson-apt-'));
const pathBefore = process.env.PATH;

afterAll(() => {
  process.env.PATH = pathBefore;
  rmSync(folder, { recursive: true });
});

/** A machine whose apt has these packages, and knows of others that nobody offers. */
function machineWith(...packages: readonly string[]): void {
  const offered = (name: string) => `  ${name}) candidate=1.2 ;;`;
  writeFileSync(
    join(folder, 'apt-cache'),
    `#!/bin/sh
[ "$LC_ALL" = C ] || exit 1
shift
for name; do
  candidate='(none)'
  case $name in
${packages.map(offered).join('\n')}
  unknown*) continue ;;
  esac
  printf '%s:\n  Installed: (none)\n  Candidate: %s\n  Version table:\n' "$name" "$candidate"
done
`,
    { mode: 0o755 },
  );
  process.env.PATH = `${folder}:${pathBefore}`;
}

test('a library is taken by the name that it has on this machine', async () => {
  machineWith('runc', 'libssl3t64', 'libgmp10');
  expect(await packageNames(['runc', 'libssl3', 'libgmp10'])).toEqual(['runc', 'libssl3t64', 'libgmp10']);
});

test('a name of Debian 12 is taken where there is one', async () => {
  machineWith('libssl3', 'libssl3t64');
  expect(await packageNames(['libssl3'])).toEqual(['libssl3']);
});

test('all that the machine has under no name are named, and what to do', async () => {
  machineWith('runc');
  await expect(packageNames(['runc', 'libssl3', 'unknown-one'])).rejects.toThrow(
    'apt has no package libssl3, unknown-one: run apt-get update',
  );
});
