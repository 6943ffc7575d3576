import { KeelsonError } from '../../lib/config/problem.js';
import { groupOf } from '../../lib/kube/immutable-fields.js';
import type { KubeObject } from '../../lib/kube/object.js';
import type { ReducedKubeconfig } from '../kubeconfig-file.js';
import { OWNER_ANNOTATION } from '../owner.js';
import { type ApiAnswer, apiRequest } from './api-request.js';

/** Kinds that hold values nobody compares, or no object that anybody applies. */
const PASSED_OVER = ['/Secret', '/Event', 'events.k8s.io/Event'];
/** Requests at a time. */
const AT_ONCE = 16;

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Of the API's path. */
  readonly plural: string;
  readonly namespaced: boolean;
}

export interface OwnedObjects {
  /** By stack: what the cluster has of it, as the server writes it. */
  readonly stacks: ReadonlyMap<string, readonly KubeObject[]>;
  /** Kinds that this access may not list, such as `rbac.authorization.k8s.io/Role`. */
  readonly forbidden: readonly string[];
}

/**
 * Reads what a cluster has of an application's stacks; it changes nothing, and asks for no Secret.
 *
 * @param versions of the API to read by, where the server's own preference does not matter: `apps/v1`
 * @param namespaces where to look with an access that may not look everywhere
 * @throws KeelsonError where the cluster does not answer as one
 */
export async function ownedObjects(
  access: ReducedKubeconfig,
  application: string,
  { versions, namespaces }: { readonly versions: readonly string[]; readonly namespaces: readonly string[] },
): Promise<OwnedObjects> {
  const get = (path: string) => apiRequest(access, 'GET', path);
  const kinds = await kindsOf(get, versions);
  const forbidden: string[] = [];
  const found = await inTurns(kinds, async (kind) => {
    const everywhere = await get(pathOf(kind));
    const answers =
      everywhere.status === 403 && kind.namespaced
        ? await inTurns(namespaces, (namespace) => get(pathOf(kind, namespace)))
        : [everywhere];
    if (answers.length === 0 || answers.some(({ status }) => status === 403)) {
      forbidden.push(`${groupOf(kind.apiVersion)}/${kind.kind}`);
      return [];
    }
    return answers.flatMap((answer) => itemsIn(answer, kind));
  });
  const stacks = new Map<string, KubeObject[]>();
  for (const object of found.flat()) {
    const [owner, stack = ''] = object.metadata.annotations?.[OWNER_ANNOTATION]?.split('/') ?? [];
    if (owner === application && !isMadeByController(object))
      stacks.set(stack, [...(stacks.get(stack) ?? []), object]);
  }
  return { stacks, forbidden: forbidden.sort() };
}

type Get = (path: string) => Promise<ApiAnswer>;

/** Every kind that can be listed, once a group. */
async function kindsOf(get: Get, versions: readonly string[]): Promise<Kind[]> {
  const groups = (listed(await get('/apis'), 'groups') as { preferredVersion: { groupVersion: string } }[])
    .map(({ preferredVersion }) => preferredVersion.groupVersion)
    .map((preferred) => versions.find((version) => groupOf(version) === groupOf(preferred)) ?? preferred);
  const kinds = await inTurns(['v1', ...groups], async (apiVersion) => {
    const answer = await get(rootOf(apiVersion));
    // An aggregated API whose server is away takes no part; neither does a version that the server lacks.
    if (answer.status >= 500 || answer.status === 404) return [];
    const resources = listed(answer, 'resources') as {
      name: string;
      kind: string;
      namespaced: boolean;
      verbs: string[];
    }[];
    return resources
      .filter(({ name, verbs }) => !name.includes('/') && verbs.includes('list'))
      .map(({ name, kind, namespaced }): Kind => ({ apiVersion, kind, plural: name, namespaced }))
      .filter(({ kind }) => !PASSED_OVER.includes(`${groupOf(apiVersion)}/${kind}`));
  });
  return kinds.flat();
}

const rootOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

const pathOf = ({ apiVersion, plural }: Kind, namespace?: string): string =>
  `${rootOf(apiVersion)}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${plural}`;

/** The server leaves out of a list what all its items share. A kind that went meanwhile has no items. */
const itemsIn = (answer: ApiAnswer, { apiVersion, kind }: Kind): KubeObject[] =>
  answer.status === 404
    ? []
    : (listed(answer, 'items') as KubeObject[]).map((item) => ({ ...item, apiVersion, kind }));

function listed({ status, body }: ApiAnswer, field: string): readonly unknown[] {
  const found = body[field];
  if (status === 200 && Array.isArray(found)) return found;
  throw new KeelsonError('The cluster', [
    {
      where: '',
      message: `answers ${status} to a request to read: ${body.message ?? `there is no ${field}`}`,
    },
  ]);
}

/** Controllers copy annotations to what they make. */
const isMadeByController = ({ metadata }: KubeObject): boolean =>
  (
    (metadata as { ownerReferences?: readonly { readonly controller?: boolean }[] }).ownerReferences ?? []
  ).some(({ controller }) => controller);

async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE)
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(work))));
  return results;
}
