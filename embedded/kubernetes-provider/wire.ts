import type { Target } from './discovery.js';
import { ownsByUpdate } from './field-manager.js';
import { at, isProperties, list, type Properties, pulumiAnnotation, type Value } from './property-values.js';
import { type ResourceToken, withoutServerFields } from './resource-token.js';

/** Pulumi's SDK writes `x_kubernetes_…` for these keys of a CustomResourceDefinition's schema. */
function withDashes(value: Value): Value {
  if (Array.isArray(value)) return value.map(withDashes);
  if (!isProperties(value)) return value;
  const rename = (key: string) => (key.startsWith('x_kubernetes_') ? key.replaceAll('_', '-') : key);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [rename(key), withDashes(item)]));
}

/**
 * The object as the API server gets it. A Secret's `stringData` goes as `data`, because the server forgets who owns
 * the keys of the former, and so would never remove one.
 */
export function toWire(inputs: Properties, token: ResourceToken, target: Target): Properties {
  const { stringData, ...object } = withoutServerFields(withDashes(inputs) as Properties);
  const { namespace: _, ...metadata } = isProperties(object.metadata) ? object.metadata : {};
  const wire: Properties = {
    ...object,
    apiVersion: token.apiVersion,
    kind: token.kind,
    metadata: { ...metadata, name: target.name, ...(target.namespace && { namespace: target.namespace }) },
  };
  if (stringData === undefined) return wire;
  if (token.kind !== 'Secret' || !isProperties(stringData)) return { ...wire, stringData };
  const encoded = Object.entries(stringData).map(([key, text]) => [
    key,
    Buffer.from(String(text)).toString('base64'),
  ]);
  const data = isProperties(wire.data) ? wire.data : {};
  return { ...wire, data: { ...data, ...Object.fromEntries(encoded) } };
}

/** What an apply must say to be allowed to take over what others own. */
export function mustForce(
  inputs: Properties,
  enablePatchForce: boolean,
  live?: Properties,
  manager = '',
): boolean {
  if (enablePatchForce || pulumiAnnotation(inputs, 'patchForce') === 'true') return true;
  if (live === undefined) return false;
  return list(live, 'metadata', 'managedFields').length === 0 || ownsByUpdate(live, manager);
}

/** `ignoreChanges`: what the cluster has stays, so that an apply neither reverts it nor gives it up. */
export function keepIgnored(
  inputs: Properties,
  live: Properties,
  ignored: readonly (readonly (string | number)[])[],
) {
  const result = structuredClone(inputs);
  for (const path of ignored) {
    const current = at(live, ...path);
    const last = path.at(-1);
    const parent = at(result, ...path.slice(0, -1));
    if (current === undefined || last === undefined) continue;
    if (isProperties(parent)) parent[last] = current;
    else if (Array.isArray(parent)) parent[Number(last)] = current;
  }
  return result;
}

/** What a dry run answers is true but for what a real create would choose anew. */
export function previewed(dryRun: Properties, inputs: Properties): Properties {
  const { status: _, ...object } = withoutServerFields(dryRun);
  const spec = object.spec;
  if (object.kind !== 'Service' || !isProperties(spec) || at(inputs, 'spec', 'clusterIP')) return object;
  const { clusterIP: _ip, clusterIPs: _ips, ...known } = spec;
  return { ...object, spec: known };
}
