import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { list, type Properties, text } from '../../embedded/kubernetes-provider/property-values.js';
import type { KubeObject } from '../../lib/kube/object.js';
import type { SecretNeed } from '../../lib/secret-needs.js';
import type { DeployOptions } from '../../stacks/deploy-options.js';
import { clientKeyOf } from '../support/client-key.js';
import { filesWith, holds } from '../support/secret-bytes.js';
import { SecretWatch } from '../support/secret-watch.js';
import './forgive-late-calls.js';
import { ProviderBed } from './kubernetes-provider-bed.js';

interface Wishes extends Partial<DeployOptions> {
  readonly secrets?: readonly SecretNeed[];
  /** @default false */
  readonly protectData?: boolean;
  /** A kubeconfig file. @default that of the bed's cluster */
  readonly kubeconfig?: string;
}

/** Small stacks on one real control plane, with the real engine, each in a namespace of its own. */
export class StackBed {
  /** What runs reported beside their events. */
  readonly told: string[] = [];

  private constructor(
    readonly bed: ProviderBed,
    private readonly watch: SecretWatch,
  ) {}

  /** @param cluster `own` for what other suites would not bear. @default the one of the run */
  static async start(cluster: 'common' | 'own' = 'common'): Promise<StackBed> {
    const commonCluster = cluster === 'common' ? process.env.KEELSON_TEST_CONTROL_PLANE : undefined;
    return new StackBed(await ProviderBed.start({ commonCluster }), SecretWatch.start());
  }

  /** Looks for whatever was secret before it stops: every test of a stack is a test of that, too. */
  async stop(): Promise<void> {
    try {
      await this.findNoSecrets();
    } finally {
      this.watch.end();
      await this.bed.stop();
    }
  }

  /** What a run of the stack `dev` of a project needs; the namespace has the project's name and is the stack's own. */
  options(project: string, objects: readonly KubeObject[], wishes: Wishes = {}): DeployOptions {
    const { secrets = [], protectData = false, kubeconfig = this.bed.cluster.kubeconfig, ...more } = wishes;
    const { stack = 'dev' } = more;
    const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: project } };
    const workDir = join(this.bed.folder, 'projects', project);
    mkdirSync(join(workDir, 'state'), { recursive: true });
    return {
      synthesis: {
        application: project,
        stacks: [
          {
            kind: 'environment',
            name: stack,
            cluster: 'main',
            manifests: [{ name: 'all', objects: [namespace, ...objects] }],
            secrets,
            urls: [],
          },
        ],
      },
      stack,
      settings: {
        kind: 'environment',
        name: stack,
        kubeconfig: { file: kubeconfig, context: this.bed.cluster.context },
        protectData,
      },
      workDir,
      createStack: true,
      backendUrl: pathToFileURL(join(workDir, 'state')).href,
      pulumiHome: this.bed.provider.home(join(workDir, 'home')),
      env: { PULUMI_CONFIG_PASSPHRASE: 'test' },
      engine: this.bed.engine.command,
      providers: this.bed.provider.providers,
      generateSecrets: true,
      report: (message) => this.told.push(message),
      ...more,
    };
  }

  private async findNoSecrets(): Promise<void> {
    const inCluster = list(await this.bed.find('/api/v1/secrets'), 'items').flatMap(({ data }) =>
      Object.keys((data ?? {}) as Properties).map((key) => Buffer.from(text(data, key), 'base64').toString()),
    );
    const long = inCluster.filter((value) => value.length > 10);
    const secrets = [clientKeyOf(this.bed.cluster.kubeconfig), ...long];
    expect(filesWith(join(this.bed.folder, 'projects'), secrets)).toEqual([]);
    expect(this.told.filter((message) => secrets.some((secret) => holds(message, secret)))).toEqual([]);
    expect(this.watch.placesOf(secrets)).toEqual([]);
  }
}

export const configMap = (namespace: string, name: string, data: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

export const maps = (namespace: string, name = ''): string =>
  `/api/v1/namespaces/${namespace}/configmaps${name && `/${name}`}`;

/** Stays until somebody takes its finalizer away. */
export const held = (namespace: string): KubeObject => {
  const map = configMap(namespace, 'held', { x: '1' });
  return { ...map, metadata: { ...map.metadata, finalizers: ['keelson.test/hold'] } as never };
};
