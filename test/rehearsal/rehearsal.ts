import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { serveKubernetesProvider } from '../../embedded/kubernetes-provider/index.js';
import { findPulumiEngine } from '../../embedded/pulumi-engine.js';
import type { Report } from '../../lib/progress.js';
import { forwardPort } from '../../stacks/provision/cluster-access.js';
import { serveDigitalOceanProvider } from '../digitalocean/provider/serve.js';
import { DigitalOceanSimulator, newToken } from '../digitalocean/simulator/simulator.js';
import { K3sLikeCluster } from '../engine/k3s-like-cluster.js';
import { freePort, MachineBed, makeKey } from '../engine/machine-bed.js';
import { clientKeyOf } from '../support/client-key.js';
import { ROOT } from '../support/repository.js';
import { filesWith, holds } from '../support/secret-bytes.js';

/** What is real in it and what is not: said before anything runs. */
export const CAST = [
  'real:      keelson itself, the Pulumi engine, SSH (OpenSSH on loopback), the Kubernetes API server',
  "simulated: DigitalOcean's API, and Pulumi's plugins digitalocean and kubernetes, by Keelson's stand-ins",
  'simulated: the machines: folders behind SSH; nixos-rebuild, systemctl and k3s are stubs that note what they are asked',
  'simulated: Kubernetes nodes and pods, by kwok: no container runs, nothing answers at a URL',
];

export interface Run {
  readonly status: number | null;
  /** Both streams, as a person sees them. */
  readonly output: string;
}

export interface Edits {
  readonly agents: Readonly<Record<string, object>>;
  /** Public keys by person. */
  readonly keys: Readonly<Record<string, string>>;
  /** Further keys of `machines`. */
  readonly machines: Readonly<Record<string, unknown>>;
  /** DigitalOcean Kubernetes in their place. @default machines */
  readonly managed?: Readonly<Record<string, unknown>>;
  readonly tag: string;
  readonly name: string;
}

const AGENT = 'main-builds';
const MACHINES = ['main-server-1', 'main-server-2', 'main-server-3', AGENT];
export const TOKEN = newToken();

/**
 * The whole way without an account: `keelson` as a person runs it, in a project of its own. It is led to
 * the simulated cloud by the environment variables of Pulumi and DigitalOcean, and to the machines by KEELSON_TEST_SSH.
 */
export class Rehearsal {
  readonly machines = new Map<string, MachineBed>();
  /** Everything that any command wrote. */
  written = '';
  /** Say that this is CI, which may not have its state in a folder. */
  inCi = false;
  edits: Edits = {
    agents: { builds: {} },
    keys: {},
    // Without a second token: what one brings is test/engine/three-servers.test.ts'.
    machines: { storageClass: 'local-path' },
    tag: '1.0.0',
    name: 'rehearsal',
  };
  private readonly ports = new Map<string, number>();
  private readonly starting: Promise<void>[] = [];

  private constructor(
    readonly folder: string,
    readonly simulator: DigitalOceanSimulator,
    readonly cluster: K3sLikeCluster,
    private readonly engine: string,
    private readonly providers: Readonly<Record<string, { readonly port: number; close(): Promise<void> }>>,
    private readonly application: string,
    private readonly hear: Report,
  ) {
    simulator.account.managedKubeconfig = () => readFileSync(cluster.cluster.kubeconfig, 'utf8');
    simulator.account.onDroplet = (name, userData) => void this.starting.push(this.boot(name, userData));
  }

  /**
   * @param application one at a time of a name: the port on which it reaches its cluster goes by that
   * @param options.direct whether the cluster is reached where it is, and not through a machine
   */
  static async open(
    application = 'rehearsal',
    hear: Report = () => {},
    { direct = false } = {},
  ): Promise<Rehearsal> {
    const folder = mkdtempSync(join(tmpdir(), 'keelson-rehearsal-'));
    const { command } = await findPulumiEngine({ report: hear });
    const simulator = await DigitalOceanSimulator.start(TOKEN);
    const cluster = await K3sLikeCluster.start(join(folder, 'kubernetes'));
    const providers = {
      digitalocean: await serveDigitalOceanProvider({
        environment: {
          token: TOKEN,
          apiEndpoint: simulator.url,
          spacesEndpoint: `${simulator.url}/spaces/{{.Region}}`,
        },
      }),
      kubernetes: await serveKubernetesProvider({
        server: direct ? cluster.cluster.server : `https://127.0.0.1:${forwardPort(application, 'main')}`,
      }),
    };
    const rehearsal = new Rehearsal(
      folder,
      simulator,
      cluster,
      command.command,
      providers,
      application,
      hear,
    );
    await rehearsal.prepare();
    return rehearsal;
  }

  async close(): Promise<void> {
    await Promise.all([...this.machines.values()].map((machine) => machine.stop()));
    for (const provider of Object.values(this.providers)) await provider.close();
    await this.simulator.stop();
    await this.cluster.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get project(): string {
    return join(this.folder, 'project');
  }

  key = (person: string): string => makeKey(join(this.folder, person), `${person}@example.com`).line;

  edit(changes: Partial<Edits>): void {
    this.edits = { ...this.edits, ...changes };
    writeFileSync(join(this.project, 'edits.json'), JSON.stringify(this.edits));
  }

  keelson = (...args: string[]): Promise<Run> =>
    this.run(['keelson', ...args], process.execPath, [join(ROOT, 'bin/keelson.js'), ...args]);

  /** A command that goes on until Ctrl-C, which it gets when `use` is through: `ready` is what it says first. */
  keelsonDuring = (
    args: readonly string[],
    ready: RegExp,
    use: (found: RegExpExecArray) => Promise<void>,
  ): Promise<Run> =>
    this.run(['keelson', ...args], process.execPath, [join(ROOT, 'bin/keelson.js'), ...args], {
      ready,
      use,
    });

  pulumi = (...args: string[]): Promise<Run> => this.run(['pulumi', ...args], this.engine, args);

  /** The folders of the project, the state and Pulumi's home. */
  get kept(): readonly string[] {
    return ['project', 'state', 'home'].map((name) => join(this.folder, name));
  }

  /** What must be nowhere in clear, as it is now. */
  get secrets(): readonly string[] {
    const tokens = [...this.machines.values()].flatMap(({ root }) =>
      ['token', 'agent-token']
        .map((name) => `var/lib/keelson/secrets/${name}`)
        .flatMap((path) => (root.exists(path) ? [root.read(path)] : [])),
    );
    return [
      ...new Set([...tokens, clientKeyOf(this.cluster.cluster.kubeconfig), 'BEGIN OPENSSH PRIVATE KEY']),
    ];
  }

  /** In what of all that was kept and written any of the values stands in clear. */
  placesOf = (values: readonly string[]): string[] => [
    ...this.kept.flatMap((folder) => filesWith(folder, values)),
    ...(values.some((one) => holds(this.written, one)) ? ['the output'] : []),
  ];

  private async prepare(): Promise<void> {
    for (const name of ['project', 'state', 'home']) mkdirSync(join(this.folder, name));
    cpSync(join(ROOT, 'test/rehearsal/app.ts'), join(this.project, 'app.ts'));
    writeFileSync(join(this.project, 'package.json'), JSON.stringify({ keelson: { application: 'app.ts' } }));
    for (const name of MACHINES) this.ports.set(name, await freePort());
    this.edit({ keys: { ada: this.key('ada') }, name: this.application });
  }

  /** What a droplet does: it takes its name and its keys from the user data, becomes NixOS, and starts k3s. */
  private async boot(name: string, userData: string): Promise<void> {
    const { write_files: files } = JSON.parse(userData.replace(/^#.*\n/, '')) as {
      readonly write_files: readonly { readonly path: string; readonly content: string }[];
    };
    const keys =
      files
        .find(({ path }) => path.endsWith('/authorized_keys'))
        ?.content.trim()
        .split('\n') ?? [];
    const folder = join(this.folder, name);
    // One of the same name was lost, with all that it had.
    await this.machines.get(name)?.stop();
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const machine = new MachineBed(name, folder, keys);
    machine.port = this.ports.get(name) ?? 0;
    machine.followKeys();
    machine.root.write('etc/rancher/k3s/k3s.yaml', readFileSync(this.cluster.cluster.kubeconfig, 'utf8'));
    // Pods are simulated, so draining is: k3s' kubectl knows the node, and notes what it is asked.
    machine.root.write('k3s-does', `case "$*" in *"get node "*) echo node/${AGENT} ;; esac\n`);
    this.machines.set(name, machine);
    await machine.start();
  }

  private async run(
    shown: readonly string[],
    command: string,
    args: readonly string[],
    during?: { readonly ready: RegExp; readonly use: (found: RegExpExecArray) => Promise<void> },
  ): Promise<Run> {
    this.hear(`\n$ ${shown.join(' ')}`);
    const child = spawn(command, args, {
      cwd: this.project,
      env: this.environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let using: Promise<void> | undefined;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        this.hear(text.trimEnd());
        const found = using === undefined && during?.ready.exec(output);
        if (found) using = during?.use(found).finally(() => child.kill('SIGINT'));
      });
    const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
    await Promise.all([...this.starting, using]);
    this.written += output;
    return { status, output };
  }

  private environment(): NodeJS.ProcessEnv {
    const routes = MACHINES.map((name) => `${name}=${userInfo().username}@127.0.0.1:${this.ports.get(name)}`);
    const attached = Object.entries(this.providers).map(([name, { port }]) => `${name}:${port}`);
    return {
      ...process.env,
      PATH: [dirname(this.engine), process.env.PATH].join(':'),
      CI: this.inCi ? 'true' : '',
      FORCE_COLOR: '1',
      KEELSON_USER: '',
      KEELSON_TEST_SSH: routes.join(','),
      DIGITALOCEAN_TOKEN: TOKEN,
      DIGITALOCEAN_API_URL: this.simulator.url,
      PULUMI_DEBUG_PROVIDERS: attached.join(','),
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      PULUMI_HOME: join(this.folder, 'home'),
      PULUMI_BACKEND_URL: `file://${join(this.folder, 'state')}`,
      PULUMI_CONFIG_PASSPHRASE: 'rehearsal',
    };
  }
}
