import { setTimeout as sleep } from 'node:timers/promises';
import type { ValidatingWebhookConfiguration } from 'kubernetes-types/admissionregistration/v1';
import {
  type EmbeddedCluster,
  startEmbeddedCluster,
  stopEmbeddedCluster,
} from '../../embedded/control-plane/control-plane.js';
import { k3sManifest } from '../../embedded/k3s-manifest.js';
import { ApiClient } from '../../embedded/kubernetes-provider/api-client.js';
import { Discovery } from '../../embedded/kubernetes-provider/discovery.js';
import { readKubeconfig } from '../../embedded/kubernetes-provider/kubeconfig.js';
import { list, type Properties, text } from '../../embedded/kubernetes-provider/property-values.js';
import type { ObjectRef } from '../../stacks/object-key.js';

const WEBHOOKS = ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'];

/**
 * A cluster as k3s hands it over: the embedded control plane with k3s' own definitions. Its pods are simulated, so
 * this plays the part of cert-manager's: it gives the webhooks their certificate authority, which a stack waits for,
 * and takes their rules away, as nobody would answer.
 */
export class K3sLikeCluster {
  readonly #stopping = new AbortController();
  readonly #client: ApiClient;
  readonly #discovery: Discovery;
  readonly #certManager: Promise<void>;

  private constructor(
    private readonly directory: string,
    readonly cluster: EmbeddedCluster,
  ) {
    this.#client = new ApiClient(readKubeconfig(cluster.kubeconfig, cluster.context));
    this.#discovery = new Discovery(this.#client);
    this.#certManager = this.#playCertManager();
  }

  static async start(directory: string): Promise<K3sLikeCluster> {
    const started = new K3sLikeCluster(
      directory,
      await startEmbeddedCluster({ directory, report: () => {} }),
    );
    for (const object of k3sManifest().objects) await started.create(object);
    return started;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#certManager;
    this.#client.close();
    await stopEmbeddedCluster(this.directory);
  }

  /** @returns undefined where there is none */
  async find(object: ObjectRef): Promise<Properties | undefined> {
    const target = await this.#locate(object);
    return this.#client.find(target.path, new AbortController().signal);
  }

  /** Makes an object, as somebody else than the stack does or under another name. */
  async create(object: ObjectRef, fieldManager = 'somebody'): Promise<Properties> {
    const target = await this.#locate(object);
    const { signal } = new AbortController();
    return this.#client.request('POST', target.collection, {
      body: object as unknown as Properties,
      query: { fieldManager },
      signal,
    });
  }

  async remove(object: ObjectRef): Promise<void> {
    const target = await this.#locate(object);
    await this.#client.request('DELETE', target.path, { signal: new AbortController().signal });
  }

  #locate(object: ObjectRef) {
    const { name, namespace = '' } = object.metadata;
    return this.#discovery.locate(object, name, namespace, new AbortController().signal);
  }

  async #playCertManager(): Promise<void> {
    const { signal } = this.#stopping;
    const authority = readKubeconfig(this.cluster.kubeconfig).ca?.toString('base64');
    while (!signal.aborted) {
      for (const kind of WEBHOOKS) {
        const path = `/apis/admissionregistration.k8s.io/v1/${kind}`;
        const found = await this.#client.find(path, signal).catch(() => undefined);
        for (const configuration of list(found, 'items')) {
          const { webhooks = [] } = configuration as unknown as ValidatingWebhookConfiguration;
          if (webhooks.every(({ rules = [] }) => rules.length === 0)) continue;
          const changed = webhooks.map((webhook) => ({
            ...webhook,
            rules: [],
            clientConfig: { ...webhook.clientConfig, caBundle: authority },
          }));
          await this.#client.request('PATCH', `${path}/${text(configuration, 'metadata', 'name')}`, {
            body: { webhooks: changed } as unknown as Properties,
            contentType: 'application/merge-patch+json',
            query: { fieldManager: 'cert-manager-cainjector' },
            signal: new AbortController().signal,
          });
        }
      }
      await sleep(200, undefined, { signal }).catch(() => undefined);
    }
  }
}
