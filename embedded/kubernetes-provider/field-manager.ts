import { randomBytes } from 'node:crypto';
import type { ApiClient } from './api-client.js';
import { isApiError } from './api-error.js';
import type { Target } from './discovery.js';
import { isProperties, list, type Properties, pulumiAnnotation, text } from './property-values.js';

/** Each resource applies under a name of its own, kept in its state, so that two resources may patch one object. */
export function fieldManagerOf(inputs: Properties, state?: Properties): string {
  const chosen = pulumiAnnotation(inputs, 'patchFieldManager') || text(state, '__fieldManager');
  return chosen || `pulumi-kubernetes-${randomBytes(4).toString('hex')}`;
}

/** Managers whose plain writes a first apply takes over, because they are earlier forms of ourselves. */
const predecessors = ['pulumi-kubernetes', 'pulumi-resource-kubernetes', 'kubectl', 'before-first-apply'];

function isOurs(entry: Properties, manager: string): boolean {
  if (text(entry, 'subresource')) return false;
  if (entry.manager === manager) return true;
  return entry.operation === 'Update' && predecessors.includes(text(entry, 'manager'));
}

function union(a: Properties, b: Properties): Properties {
  const result = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const other = result[key];
    result[key] = isProperties(other) && isProperties(value) ? union(other, value) : value;
  }
  return result;
}

/** True where a create (which is a plain write, for the sake of "exists already") still owns fields of the object. */
export function ownsByUpdate(live: Properties, manager: string): boolean {
  return list(live, 'metadata', 'managedFields').some(
    (entry) => isOurs(entry, manager) && entry.operation === 'Update',
  );
}

/**
 * Turns the fields that we own by plain writes into applied ones: only then does the next apply remove those
 * that it leaves out, and find no conflict with itself.
 */
export async function takeOwnership(
  client: ApiClient,
  target: Target,
  live: Properties,
  manager: string,
  signal: AbortSignal,
): Promise<Properties> {
  let current = live;
  for (let attempt = 1; ownsByUpdate(current, manager); attempt++) {
    const entries = list(current, 'metadata', 'managedFields');
    const ours = entries.filter((entry) => isOurs(entry, manager));
    const fields = ours.map((entry) => entry.fieldsV1).filter(isProperties);
    const applied: Properties = {
      ...ours[0],
      manager,
      operation: 'Apply',
      apiVersion: text(current, 'apiVersion'),
      fieldsV1: fields.reduce(union, {}),
    };
    const body = [
      {
        op: 'replace',
        path: '/metadata/managedFields',
        value: [...entries.filter((entry) => !isOurs(entry, manager)), applied],
      },
      {
        op: 'replace',
        path: '/metadata/resourceVersion',
        value: text(current, 'metadata', 'resourceVersion'),
      },
    ];
    try {
      return await client.request('PATCH', target.path, {
        body,
        contentType: 'application/json-patch+json',
        signal,
      });
    } catch (error) {
      if (!isApiError(error, 409) || attempt >= 5) throw error;
      current = await client.request('GET', target.path, { signal });
    }
  }
  return current;
}

/** Gives up every field that the manager applied; those that nobody else owns go back to their defaults. */
export async function relinquish(
  client: ApiClient,
  target: Target,
  object: { readonly apiVersion: string; readonly kind: string },
  manager: string,
  signal: AbortSignal,
): Promise<void> {
  if ((await client.find(target.path, signal)) === undefined) return;
  const metadata = { name: target.name, ...(target.namespace && { namespace: target.namespace }) };
  await client.request('PATCH', target.path, {
    body: { apiVersion: object.apiVersion, kind: object.kind, metadata },
    contentType: 'application/apply-patch+yaml',
    query: { fieldManager: manager },
    signal,
  });
}
