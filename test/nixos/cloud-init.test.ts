import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machineFiles } from '../../lib/machine/machine-files.js';
import { nodeJson } from '../../lib/machine/node.js';
import { firstState, userData } from '../../lib/machine/user-data.js';
import { bodyOf } from './document.js';
import { KEY, MACHINES } from './machines.js';
import { describeWith, run, temporaryFolders } from './tools.js';

const temporaryFolder = temporaryFolders();
const files = machineFiles();
const options = { bootstrapKey: KEY, files };

describeWith('cloud-init')('cloud-init', () => {
  const write = (folder: string, document: string): string => {
    const path = join(folder, 'user-data');
    writeFileSync(path, document);
    return path;
  };
  const schema = (document: string) =>
    run('cloud-init', ['schema', '--config-file', write(temporaryFolder(), document)]);

  test('takes it for a valid cloud-config', () => {
    const { status, stdout, stderr } = schema(userData(MACHINES.first, options));
    expect({ status, said: stdout + stderr }).toMatchObject({
      status: 0,
      said: expect.stringContaining('Valid'),
    });
  });

  test('refuses one that is misspelt', () => {
    expect(
      schema(userData(MACHINES.single, options).replace('"permissions"', '"permission"')).status,
    ).not.toBe(0);
  });

  test('writes its files, and the commands unpack the tree', () => {
    const folder = temporaryFolder();
    const root = join(folder, 'root');
    mkdirSync(root);
    const document = userData(MACHINES.first, options);
    // cloud-init's own code, with the machine's folder moved below ours and this user as owner.
    const program = `
import grp, os, pwd, sys
from cloudinit import util
from cloudinit.config.cc_write_files import write_files
from cloudinit.handlers import type_from_starts_with
text = open(sys.argv[1]).read()
assert type_from_starts_with(text) == 'text/cloud-config', 'not taken for a cloud-config'
files = util.load_yaml(text)['write_files']
for file in files:
    file['path'] = sys.argv[2] + file['path']
write_files('test', files, '%s:%s' % (pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name))
`;
    const python = run('/usr/bin/python3', ['-c', program, write(folder, document), root]);
    expect({ status: python.status, stderr: python.stderr }).toEqual({ status: 0, stderr: '' });
    const work = join(root, 'var/lib/keelson');
    expect(readFileSync(join(work, 'authorized_keys'), 'utf8')).toBe(`${KEY}\n`);
    expect(statSync(join(work, 'bootstrap.env')).mode & 0o777).toBe(0o600);

    const commands = bodyOf(document).runcmd;
    for (const [command = '', ...args] of commands.slice(0, -1))
      execFileSync(
        command,
        args.map((arg) => arg.replace(/^\//, `${root}/`)),
      );
    expect(commands.at(-1)).toEqual(['bash', '/var/lib/keelson/nixos/scripts/bootstrap.sh']);

    const unpacked = readdirSync(join(work, 'nixos'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const withoutComments = (text: string) => text.replaceAll(/^[ \t]*#(?!!).*\n/gm, '');
    const expected = {
      ...Object.fromEntries(
        Object.entries(files)
          .filter(([path]) => !/^(flake|image|system)\./.test(path))
          .map(([path, text]) => [path, withoutComments(text)]),
      ),
      'node.json': nodeJson(firstState(MACHINES.first, KEY)),
    };
    expect(
      Object.fromEntries(
        unpacked.map((path) => [path.slice(join(work, 'nixos').length + 1), readFileSync(path, 'utf8')]),
      ),
    ).toEqual(expected);
    expect(statSync(join(work, 'nixos/scripts/bootstrap.sh')).mode & 0o111).not.toBe(0);
  });
});
