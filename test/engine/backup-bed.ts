import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { findPulumiEngine } from '../../embedded/pulumi-engine.js';
import { machineFiles } from '../../lib/machine/machine-files.js';
import { synthesize } from '../../lib/synth.js';
import { folderPlace } from '../../stacks/backup/folder-place.js';
import { backUp, readBackup, restore, restoreStates } from '../../stacks/backup/index.js';
import { upStack } from '../../stacks/deploy.js';
import { clustersToMake } from '../../stacks/provision/cluster-to-make.js';
import type { ProvisionOptions } from '../../stacks/provision/index.js';
import { newSshKeyPair } from '../../stacks/provision/ssh-key-pair.js';
import { type AgeKey, makeAgeKey } from '../support/age.js';
import { ROOT } from '../support/repository.js';
import './forgive-late-calls.js';
import { MachineBed } from './machine-bed.js';
import { vault } from './vault-application.js';
import { K3S, MACHINES, SERVERS, STORE } from './vault-machines.js';

/**
 * A cluster of machines behind real SSH that can be backed up and restored, with the real engine's state. k3s is a stub
 * whose etcd is a folder that opens with the token of its time alone.
 */
export class BackupBed {
  readonly scratch = mkdtempSync(join(tmpdir(), 'keelson-backup-engine-'));
  readonly project = join(this.scratch, 'project');
  readonly backups = join(this.scratch, 'backups');
  readonly state = join(this.scratch, 'state');
  readonly key: AgeKey;
  readonly keys = {
    ...newSshKeyPair('keelson-main'),
    token: 'server-token-1f',
    agentToken: 'agent-token-2e',
  };
  private readonly machines = new Map<string, MachineBed>();
  private readonly operatorKey = newSshKeyPair('ada').publicKey;
  private options: ProvisionOptions | undefined;
  private environment: NodeJS.ProcessEnv = {};
  /** A backup has its name by the second. */
  private taken = 0;

  private constructor() {
    for (const folder of [this.project, this.state]) mkdirSync(folder);
    this.key = makeAgeKey(join(this.scratch, 'keelson.key'));
  }

  static async start(): Promise<BackupBed> {
    const bed = new BackupBed();
    try {
      for (const name of MACHINES) await bed.startMachine(name);
      for (const pod of ['db-0', 'db-1'])
        bed.machine('main-server-1').root.write(`pods/${pod}`, `\u0000\u00ff rows of ${pod}`);
      await bed.prepare();
      await bed.machinesAre(MACHINES, bed.keys);
      await bed.stack('staging');
      return bed;
    } catch (error) {
      await bed.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.machines.values()].map((one) => one.stop()));
    rmSync(this.scratch, { recursive: true, force: true });
  }

  machine(name: string): MachineBed {
    const found = this.machines.get(name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found;
  }

  /** What must be nowhere in clear but on the machines. The middle of a private key is a part of every form of it. */
  get secrets(): readonly string[] {
    const { token, agentToken, privateKey } = this.keys;
    return [token, agentToken, privateKey.split('\n')[2] ?? ''];
  }

  /** What a machine was asked, looking apart. */
  calls = (name: string, since = 0): string[] =>
    this.machine(name)
      .root.calls()
      .slice(since)
      .filter((call) => !/is-active|readyz/.test(call));

  /** The command line, as a process. */
  keelson(
    args: readonly string[],
    more: NodeJS.ProcessEnv = {},
  ): Promise<{ status: number | null; output: string }> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [join(ROOT, 'bin/keelson.js'), ...args], {
        cwd: this.project,
        env: { ...this.environment, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
        });
      child.on('close', (status) => resolve({ status, output }));
    });
  }

  /** Says in the application, which the command line loads, who can open the backups. */
  recipientIs(recipient?: string): void {
    const given = [this.operatorKey, ...(recipient ? [recipient] : [])];
    writeFileSync(
      join(this.project, 'app.ts'),
      `import { vault } from '${join(__dirname, 'vault-application.ts')}';
export default vault(${given.map((one) => JSON.stringify(one)).join(', ')});`,
    );
  }

  /** Makes a backup in the bed's folder. @returns its own */
  async backUp(): Promise<string> {
    this.taken += 1;
    const now = new Date(Date.UTC(2026, 10, 26, 1, this.taken));
    const place = folderPlace(this.backups);
    return (await backUp(this.cluster, { ...this.provision, place, now })).kept;
  }

  async restore(folder: string, identity = this.key.file): Promise<readonly string[]> {
    await readBackup(folder);
    return await restore(this.cluster, { ...this.provision, folder, identity });
  }

  restoreStates = (folder: string): ReturnType<typeof restoreStates> =>
    restoreStates(this.cluster, { ...this.provision, folder, identity: this.key.file });

  /** Makes these what the state knows of machines. */
  machinesAre(names: readonly string[], keys: BackupBed['keys']): Promise<unknown> {
    return this.stack('main-machines', () => ({
      keys: pulumi.secret(keys),
      machines: names.map((hostname) => ({
        hostname,
        role: SERVERS.includes(hostname) ? 'server' : 'agent',
        clusterInit: hostname === 'main-server-1',
        serverAddress: 'https://main-api.example.com:6443',
        privateCidr: '10.110.0.0/20',
        address: '127.0.0.1',
      })),
    }));
  }

  /** Makes a stack with something in it. */
  private stack(name: string, outputs: () => object = () => ({})): Promise<unknown> {
    const { synthesis, workDir, backendUrl, pulumiHome, env, engine, providers } = this.provision;
    return upStack({
      ...{ synthesis, workDir, backendUrl, pulumiHome, env, engine, providers },
      stack: name,
      createStack: true,
      program: async () => {
        new pulumi.ComponentResource('test:index:Thing', 'thing');
        return outputs();
      },
    });
  }

  private get provision(): ProvisionOptions {
    if (this.options === undefined) throw new Error('the bed is not ready');
    return this.options;
  }

  private get cluster() {
    const [cluster] = this.provision.clusters;
    if (cluster === undefined) throw new Error('the application has no cluster');
    return cluster;
  }

  private async startMachine(name: string): Promise<void> {
    const folder = join(this.scratch, name);
    mkdirSync(folder);
    const machine = new MachineBed(name, folder, [this.keys.publicKey]);
    machine.root.write('k3s-does', K3S);
    machine.root.write(STORE, `objects as ${name} has them`);
    machine.root.write('etc/nixos/node.json', '{\n  "k3s": "k3s_1_35"\n}\n');
    machine.root.write('var/lib/keelson/secrets/token', this.keys.token);
    this.machines.set(name, machine);
    await machine.start();
  }

  private async prepare(): Promise<void> {
    const application = vault(this.operatorKey, this.key.recipient);
    this.recipientIs(this.key.recipient);
    writeFileSync(join(this.project, 'package.json'), '{"keelson":{"application":"app.ts"}}');
    const { command: engine } = await findPulumiEngine({ report: () => {} });
    const user = userInfo().username;
    const backendUrl = `file://${this.state}`;
    const pulumiHome = join(this.scratch, 'home');
    const secrets = { PULUMI_CONFIG_PASSPHRASE: 'backup' };
    this.environment = {
      ...process.env,
      ...secrets,
      PATH: [dirname(engine.command), process.env.PATH].join(':'),
      CI: '',
      KEELSON_USER: '',
      NO_COLOR: '1',
      KEELSON_TEST_SSH: [...this.machines]
        .map(([name, { port }]) => `${name}=${user}@127.0.0.1:${port}`)
        .join(','),
      PULUMI_HOME: pulumiHome,
      PULUMI_BACKEND_URL: backendUrl,
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    };
    this.options = {
      clusters: clustersToMake(application.definition, ['main']),
      synthesis: synthesize(application),
      files: machineFiles(),
      knownHosts: join(this.scratch, 'known_hosts'),
      route: (hostname) => ({ user, address: '127.0.0.1', port: this.machine(hostname).port }),
      keepMachines: true,
      tell: () => {},
      workDir: this.project,
      backendUrl,
      pulumiHome,
      env: secrets,
      engine,
      providers: 'real',
    };
  }
}
