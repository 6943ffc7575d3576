import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sdk from '@pulumi/digitalocean/package.json';
import { CloudBed } from './digitalocean-bed.js';
import { clusterProgram } from './digitalocean-program.js';
import { installStandIn } from './installed-stand-in.js';

/*
 * Where Pulumi's digitalocean plugin is installed, the tests of the cloud run with it. Here it is the stand-in under
 * the plugin's name: a program of its own, which the engine finds and starts.
 */
const home = mkdtempSync(join(tmpdir(), 'keelson-installed-'));
const before = process.env.PULUMI_HOME;
let bed: CloudBed;

beforeAll(async () => {
  installStandIn(home, {
    plugin: 'digitalocean',
    version: sdk.version,
    module: 'test/digitalocean/provider/serve.ts',
    call: 'serveDigitalOceanProvider({ environment: { spacesEndpoint: process.env.SPACES_ENDPOINT_URL } })',
  });
  process.env.PULUMI_HOME = home;
  bed = await CloudBed.start();
});
afterAll(async () => {
  await bed?.stop();
  if (before === undefined) delete process.env.PULUMI_HOME;
  else process.env.PULUMI_HOME = before;
  rmSync(home, { recursive: true, force: true });
});

const starts = () => readFileSync(join(home, 'started'), 'utf8').trim().split('\n').length;

test('an installed plugin is what a cluster is previewed and made with', async () => {
  expect(bed.provider.description).toBe(`Pulumi's digitalocean plugin v${sdk.version}, installed`);
  const cloud = await bed.stack('installed');
  const { changes } = await cloud.preview(clusterProgram());
  const previewed = starts();
  expect(previewed).toBeGreaterThan(0);
  bed.account.add('registries', 'example', { name: 'example' });
  bed.account.add('databases', 'kafka-1', { id: 'kafka-1' });
  expect((await cloud.up(clusterProgram())).changes).toEqual(changes);
  expect(starts()).toBeGreaterThan(previewed);
  expect(bed.account.list('droplets')).toHaveLength(2);
});
