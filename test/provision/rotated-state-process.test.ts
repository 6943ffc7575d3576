import { mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { findPulumiEngine } from '../../embedded/pulumi-engine.js';
import { synthesize } from '../../lib/synth.js';
import { type ClusterToMake, clustersToMake } from '../../stacks/provision/cluster-to-make.js';
import { configurationChanges } from '../../stacks/provision/configurations.js';
import { configureMachines } from '../../stacks/provision/configure-machines.js';
import { keepConfigured } from '../../stacks/provision/keep-outputs.js';
import { readMade, runMachines } from '../../stacks/provision/machines-run.js';
import type { ProvisionOptions } from '../../stacks/provision/provision-options.js';
import { rotateKeys } from '../../stacks/provision/rotate-keys.js';
import { serveDigitalOceanProvider } from '../digitalocean/provider/serve.js';
import { DigitalOceanSimulator, newToken } from '../digitalocean/simulator/simulator.js';
import { describeWithSsh, MachineBed } from '../engine/machine-bed.js';
import '../engine/forgive-late-calls.js';
import { temporaryFolders } from '../nixos/tools.js';
import { smallApplication } from '../support/application.js';
import { ADA } from './first-server.js';

/*
 * What the state has of machines whose keys are replaced: by the real engine, against the simulated cloud, with one
 * machine behind a real SSH server.
 */
const temporaryFolder = temporaryFolders();
const TOKEN = newToken();
const BEN = ADA.replace(/ada@.*/, 'ben@example.com').replace('T9mV', 'T9mW');

describeWithSsh()('the state of machines whose keys are replaced', () => {
  let simulator: DigitalOceanSimulator;
  let provider: Awaited<ReturnType<typeof serveDigitalOceanProvider>>;
  let options: ProvisionOptions;
  const machines = new Map<string, MachineBed>();
  const starting: Promise<void>[] = [];
  const droplets = () => simulator.account.list('droplets').map(({ id }) => id);
  const accountKeys = () => simulator.account.list('keys').map((key) => key.public_key);

  const clusterOf = (sshKeys: Record<string, string>): ClusterToMake => {
    const made = { region: 'fra1', operatorCidrs: ['203.0.113.7/32'], sshKeys };
    const [main] = clustersToMake(smallApplication({ clusters: { main: { machines: made } } }).definition, [
      'main',
    ]);
    if (main === undefined) throw new Error('there is no cluster to make');
    return main;
  };
  const cluster = clusterOf({ ada: ADA });

  /** A droplet lets in whom its user data names. */
  async function boot(home: string, name: string, userData: string): Promise<void> {
    mkdirSync(join(home, name));
    const keys = [...new Set(userData.match(/ssh-ed25519 \S+ keelson-main/g))];
    const bed = new MachineBed(name, join(home, name), keys);
    bed.followKeys();
    machines.set(name, bed);
    await bed.start();
  }

  beforeAll(async () => {
    const home = temporaryFolder();
    for (const name of ['state', 'project']) mkdirSync(join(home, name));
    simulator = await DigitalOceanSimulator.start(TOKEN);
    simulator.account.onDroplet = (name, userData) => void starting.push(boot(home, name, userData));
    provider = await serveDigitalOceanProvider({
      environment: {
        token: TOKEN,
        apiEndpoint: simulator.url,
        spacesEndpoint: `${simulator.url}/spaces/{{.Region}}`,
      },
    });
    const { command: engine } = await findPulumiEngine({ report: () => {} });
    options = {
      clusters: [cluster],
      synthesis: synthesize(smallApplication()),
      files: { 'scripts/bootstrap.sh': '' },
      knownHosts: join(home, 'known_hosts'),
      route: (name) => ({
        user: userInfo().username,
        address: '127.0.0.1',
        port: machines.get(name)?.port ?? 0,
      }),
      tell: () => {},
      workDir: join(home, 'project'),
      backendUrl: `file://${join(home, 'state')}`,
      pulumiHome: join(home, 'pulumi'),
      env: {
        PULUMI_CONFIG_PASSPHRASE: 'test',
        PULUMI_SKIP_UPDATE_CHECK: 'true',
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
        PULUMI_DEBUG_PROVIDERS: `digitalocean:${provider.port}`,
      },
      engine,
      providers: 'real',
    };
    await runMachines('up', cluster, options);
    await Promise.all(starting);
    const made = await readMade(cluster, options);
    await configureMachines(cluster, made, options);
    await keepConfigured(cluster, made, options);
  });
  afterAll(async () => {
    for (const bed of machines.values()) await bed.stop();
    await provider?.close();
    await simulator?.stop();
  });

  test('edits that wait for an up are named, and no key is replaced', async () => {
    const before = await readMade(cluster, options);
    const edited = clusterOf({ ada: ADA, ben: BEN });
    await expect(rotateKeys(edited, options)).rejects.toThrow(
      /first: keelson up. It would change: main-server-1: sshKeys: \+ ben@example.com/,
    );
    expect(await readMade(cluster, options)).toEqual(before);
  });

  test('a rotation replaces the key in the account and no droplet, and leaves nothing to do', async () => {
    const [before, ids, old] = [await readMade(cluster, options), droplets(), accountKeys()];
    expect(before.configured['main-server-1']?.node).toContain('ada@example.com');
    await rotateKeys(cluster, { ...options, tokens: true });
    const after = await readMade(cluster, options);
    expect(droplets()).toEqual(ids);
    expect(after.formerKeys).toBeUndefined();
    for (const key of ['publicKey', 'privateKey', 'token', 'agentToken'] as const)
      expect(after.keys?.[key]).not.toBe(before.keys?.[key]);
    expect(accountKeys()).toEqual([after.keys?.publicKey]);
    expect(accountKeys()).not.toEqual(old);
    expect(configurationChanges(cluster, after, options)).toEqual([]);
    expect((await runMachines('preview', cluster, options)).changes).toEqual([]);
  });

  test('the state of a run that was killed has both, an up leaves them there, and the same command goes on', async () => {
    const { keys: former, machines: all } = await readMade(cluster, options);
    const report = (line: string): void => {
      if (line.includes('new keys are in the state')) throw new Error('killed');
    };
    await expect(rotateKeys(cluster, { ...options, report })).rejects.toThrow('killed');
    await runMachines('up', cluster, options);
    const both = await readMade(cluster, options);
    expect(both).toMatchObject({ formerKeys: former, machines: all });
    await rotateKeys(cluster, options);
    const { formerKeys, keys } = await readMade(cluster, options);
    expect([formerKeys, keys]).toEqual([undefined, both.keys]);
  });
});
