import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { attachedPlugin, installedPlugin } from '../../embedded/installed-plugin.js';
import { pulumi } from '../../lib/config/versions.js';

let folder: string;
let environment: { PULUMI_HOME: string; KEELSON_CACHE: string; PATH: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-plugin-'));
  environment = {
    PULUMI_HOME: join(folder, 'home'),
    KEELSON_CACHE: join(folder, 'cache'),
    PATH: [join(folder, 'empty'), join(folder, 'bin')].join(delimiter),
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

const install = (home: string, version: string) =>
  mkdirSync(join(folder, home, 'plugins', `resource-kubernetes-v${version}`), { recursive: true });

const version = pulumi.kubernetesPlugin;
const found = () => installedPlugin('kubernetes', version, environment);

test('none is found where there is none, of another version only, or half installed', () => {
  expect(found()).toBeUndefined();
  install(
    'home',
    version.replace(/\d+$/, (patch) => `${Number(patch) + 1}`),
  );
  expect(found()).toBeUndefined();
  install('home', version);
  const partial = join(folder, 'home/plugins', `resource-kubernetes-v${version}.partial`);
  writeFileSync(partial, '');
  expect(found()).toBeUndefined();
  rmSync(partial);
  expect(found()).toBeDefined();
});

test("the user's own is taken before Keelson's", () => {
  install('cache/pulumi', version);
  expect(found()).toMatchObject({ pulumiHome: join(folder, 'cache/pulumi') });
  install('home', version);
  expect(found()).toEqual({
    pulumiHome: join(folder, 'home'),
    description: `Pulumi's kubernetes plugin v${version}, installed`,
  });
});

test('one on the PATH is what the engine takes, whatever else there is', () => {
  install('home', version);
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/pulumi-resource-kubernetes'), '');
  expect(found()).toEqual({
    pulumiHome: join(folder, 'home'),
    description: `Pulumi's kubernetes plugin, on the PATH in ${join(folder, 'bin')}, of whatever version it is (ours is v${version})`,
  });
});

test('one that is attached goes by its name', () => {
  const attached = (name: string) =>
    attachedPlugin(name, { PULUMI_DEBUG_PROVIDERS: 'random:1,kubernetes:2' });
  expect(attached('kubernetes')?.description).toContain('port 2 for kubernetes');
  expect(attached('digitalocean')).toBeUndefined();
});
