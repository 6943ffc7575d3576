import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pulumi } from '../../lib/config/versions.js';
import { destroyStack, refreshStack, upStack } from '../../stacks/deploy.js';
import { installStandIn } from './installed-stand-in.js';
import { configMap, maps, StackBed } from './stack-bed.js';

/*
 * Where Pulumi's kubernetes plugin is installed, the tests of stacks run with it. Here it is the stand-in under the
 * plugin's name: a program of its own, which the engine finds and starts.
 */
const home = mkdtempSync(join(tmpdir(), 'keelson-installed-'));
const before = process.env.PULUMI_HOME;
let stacks: StackBed;

beforeAll(async () => {
  installStandIn(home, {
    plugin: 'kubernetes',
    version: pulumi.kubernetesPlugin,
    module: 'dist/embedded/kubernetes-provider/index.js',
    call: `serveKubernetesProvider({ server: readFileSync(${JSON.stringify(join(home, 'server'))}, 'utf8') })`,
  });
  process.env.PULUMI_HOME = home;
  stacks = await StackBed.start();
  writeFileSync(join(home, 'server'), stacks.bed.cluster.server);
});
afterAll(async () => {
  await stacks?.stop();
  if (before === undefined) delete process.env.PULUMI_HOME;
  else process.env.PULUMI_HOME = before;
  rmSync(home, { recursive: true, force: true });
});

const starts = () => readFileSync(join(home, 'started'), 'utf8').trim().split('\n').length;

test('an installed plugin is what a stack is brought up, looked at and destroyed with', async () => {
  const { provider } = stacks.bed;
  expect([provider.isReal, provider.providers, provider.description]).toEqual([
    true,
    'real',
    `Pulumi's kubernetes plugin v${pulumi.kubernetesPlugin}, installed`,
  ]);
  const wanted = stacks.options('installed', [configMap('installed', 'a', { x: '1' })]);
  expect((await upStack(wanted)).counts.create).toBe(2);
  const first = starts();
  expect(first).toBeGreaterThan(0);
  expect((await upStack(wanted)).changes).toEqual([]);
  await refreshStack(wanted);
  await destroyStack(wanted);
  expect(await stacks.bed.find(maps('installed', 'a'))).toBeUndefined();
  expect(starts()).toBeGreaterThanOrEqual(first + 3);
});
