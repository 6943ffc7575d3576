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

/** What the constructs of a chart refer to, one entry a secret, in the order of their names. */
export function secretNeeds(chart: Chart, wanted: Wanted): SecretNeed[] {
  const needs = new Map<string, SecretNeed>();
  for (const { secret, key, generate } of declaredSecrets(chart, wanted)) {
    const need = needs.get(secret);
    needs.set(secret, {
      name: secret,
      namespace: chart.namespace ?? 'default',
      keys: [...new Set([...(need?.keys ?? []), key])].sort(),
      generate: generate && (need?.generate ?? true),
    });
  }
  return [...needs.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
