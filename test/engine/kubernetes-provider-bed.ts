import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalWorkspace, type Stack } from '@pulumi/pulumi/automation';
import {
  type EmbeddedCluster,
  startEmbeddedCluster,
  stopEmbeddedCluster,
} from '../../embedded/control-plane/control-plane.js';
import { ApiClient } from '../../embedded/kubernetes-provider/api-client.js';
import { readKubeconfig } from '../../embedded/kubernetes-provider/kubeconfig.js';
import type { Properties } from '../../embedded/kubernetes-provider/property-values.js';
import { findPulumiEngine, type PulumiEngine } from '../../embedded/pulumi-engine.js';
import { silenceSdk } from '../../stacks/silent-sdk.js';
import { standIn, type TestedProvider, testedProvider } from './tested-provider.js';

interface Wishes {
  /** Why the test is about the stand-in. @default it is about whichever provider there is */
  readonly standInAlone?: string;
  /** Where a control plane is that other suites use, too; it stays. @default the bed's own */
  readonly commonCluster?: string;
}

/** A real control plane, a real engine, and the provider between them; everything below one temporary folder. */
export class ProviderBed {
  readonly #signal = new AbortController().signal;

  private constructor(
    readonly folder: string,
    readonly cluster: EmbeddedCluster,
    readonly engine: PulumiEngine,
    readonly provider: TestedProvider,
    readonly client: ApiClient,
  ) {}

  static async start({ standInAlone, commonCluster }: Wishes = {}): Promise<ProviderBed> {
    const report = () => {};
    const folder = mkdtempSync(join(tmpdir(), 'keelson-provider-'));
    const engine = await findPulumiEngine({ report });
    const cluster = await startEmbeddedCluster({
      directory: commonCluster ?? join(folder, 'cluster'),
      report,
    });
    const provider =
      standInAlone === undefined
        ? await testedProvider(engine, cluster.server)
        : await standIn(cluster.server, standInAlone);
    const client = new ApiClient(readKubeconfig(cluster.kubeconfig, cluster.context));
    return new ProviderBed(folder, cluster, engine, provider, client);
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.provider.close();
    await stopEmbeddedCluster(join(this.folder, 'cluster'));
    rmSync(this.folder, { recursive: true, force: true });
  }

  get kubeconfig(): string {
    return readFileSync(this.cluster.kubeconfig, 'utf8');
  }

  /** A stack with a backend and a home of its own below `folder`. */
  async stack(name: string, config: Record<string, string> = {}): Promise<Stack> {
    silenceSdk();
    const home = join(this.folder, name);
    const [state, work] = [join(home, 'state'), join(home, 'work')];
    for (const path of [state, work]) mkdirSync(path, { recursive: true });
    const envVars = {
      PULUMI_HOME: this.provider.home(join(home, 'pulumi')),
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: 'test',
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
      ...this.provider.environment,
    };
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: name, projectName: 'shop', program: async () => {} },
      { pulumiCommand: this.engine.command, workDir: work, envVars },
    );
    for (const [key, value] of Object.entries(config)) await stack.setConfig(key, { value, secret: true });
    return stack;
  }

  find(path: string): Promise<Properties | undefined> {
    return this.client.find(path, this.#signal);
  }

  /** Writes as somebody else than the stack does. */
  meddle(method: 'PATCH' | 'DELETE', path: string, body?: Properties): Promise<Properties> {
    const contentType = 'application/merge-patch+json';
    const query = { fieldManager: 'somebody' };
    return this.client.request(method, path, { body, contentType, query, signal: this.#signal });
  }
}
