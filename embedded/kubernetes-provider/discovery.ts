import type { ApiClient } from './api-client.js';
import { list, type Properties, text } from './property-values.js';

/** Where an object lives on the API server. */
export interface Target {
  /** The path of all objects of its kind (in its namespace). */
  readonly collection: string;
  readonly path: string;
  readonly name: string;
  /** Empty for what belongs to the cluster. */
  readonly namespace: string;
}

/** The API server does not know the kind: its CustomResourceDefinition is not there (yet, or any more). */
export class UnknownKindError extends Error {
  constructor(apiVersion: string, kind: string) {
    super(
      `the API server knows no kind ${kind} in ${apiVersion}. ` +
        'Create its CustomResourceDefinition first (dependsOn), or correct apiVersion and kind.',
    );
    this.name = 'UnknownKindError';
  }
}

/** Asks the API server which kinds it serves, once for each group and version and again where a kind is missing. */
export class Discovery {
  readonly #client: ApiClient;
  readonly #known = new Map<string, Promise<readonly Properties[]>>();

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** @throws UnknownKindError */
  async locate(
    object: { readonly apiVersion: string; readonly kind: string },
    name: string,
    namespace: string,
    signal: AbortSignal,
    tries?: number,
  ): Promise<Target> {
    const { apiVersion, kind } = object;
    const isKind = (item: Properties) => item.kind === kind && !text(item, 'name').includes('/');
    const cached = this.#known.get(apiVersion);
    let resource = (await cached)?.find(isKind);
    if (!resource) {
      let asked = this.#known.get(apiVersion);
      if (asked === undefined || asked === cached) {
        asked = this.#ask(apiVersion, signal, tries);
        asked.catch(() => this.#known.delete(apiVersion));
        this.#known.set(apiVersion, asked);
      }
      resource = (await asked).find(isKind);
    }
    if (!resource) throw new UnknownKindError(apiVersion, kind);
    const inNamespace = resource.namespaced === true ? `/namespaces/${namespace}` : '';
    const collection = `${root(apiVersion)}${inNamespace}/${text(resource, 'name')}`;
    return {
      collection,
      path: `${collection}/${encodeURIComponent(name)}`,
      name,
      namespace: inNamespace && namespace,
    };
  }

  forget(apiVersion: string): void {
    this.#known.delete(apiVersion);
  }

  async #ask(apiVersion: string, signal: AbortSignal, tries?: number): Promise<readonly Properties[]> {
    return list(await this.#client.find(root(apiVersion), signal, tries), 'resources');
  }
}

function root(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
