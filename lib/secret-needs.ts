import type { Chart } from 'cdk8s';
import type { Wanted } from './component-selection.js';
import { declaredSecrets } from './kube/secret-ref.js';

/** A secret that the objects refer to. Its values are given to the stack, never to `lib/`. */
export interface SecretNeed {
  readonly name: string;
  readonly namespace: string;
  readonly keys: readonly string[];
  /** Any random values will do. */
  readonly generate: boolean;
}

/** What the constructs of a chart refer to, one entry a secret, in the order of namespaces and names. */
export function secretNeeds(chart: Chart, wanted: Wanted): SecretNeed[] {
  const needs = new Map<string, SecretNeed>();
  for (const { secret, key, generate, namespace = chart.namespace ?? 'default' } of declaredSecrets(
    chart,
    wanted,
  )) {
    const place = `${namespace}/${secret}`;
    const need = needs.get(place);
    needs.set(place, {
      name: secret,
      namespace,
      keys: [...new Set([...(need?.keys ?? []), key])].sort(),
      generate: generate && (need?.generate ?? true),
    });
  }
  return [...needs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, need]) => need);
}
