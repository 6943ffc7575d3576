import * as pulumi from '@pulumi/pulumi';
import { KeelsonError } from '../lib/config/problem.js';
import type { KubeObject } from '../lib/kube/object.js';
import { DOCKER_CONFIG_KEY } from '../lib/kube/secret-ref.js';
import type { Manifest } from '../lib/manifests.js';
import type { SecretNeed } from '../lib/secret-needs.js';
import { reviewSecrets } from './secret-values.js';

/**
 * The Secrets that objects refer to, with values from the stack's encrypted configuration `keelson:secrets`.
 * Needs with the same name in several namespaces get the same values.
 *
 * A preview goes on without the missing ones and warns, so that it works where nobody may know them.
 *
 * @throws KeelsonError with every missing value, each with the command that sets it, and for values stored in clear.
 * @example
 * const secrets = new ClusterSecrets(stack.secrets);
 * new ClusterManifests('lunch', { provider, manifests: [...stack.manifests, secrets.manifest] });
 */
export class ClusterSecrets {
  readonly manifest: Manifest;

  constructor(needs: readonly SecretNeed[]) {
    const stack = pulumi.getStack();
    const config = new pulumi.Config('keelson');
    const review = reviewSecrets(needs, readObject(config), {
      stack,
      encrypted: isEncrypted('keelson:secrets'),
    });
    const problems = [...review.problems, ...(pulumi.runtime.isDryRun() ? [] : review.missing)];
    if (problems.length > 0) throw new KeelsonError(`The configuration of stack "${stack}"`, problems);
    for (const { where, message } of review.missing) void pulumi.log.warn(`${where} ${message}`);
    for (const warning of review.warnings) void pulumi.log.warn(warning);
    this.manifest = {
      name: 'secrets',
      objects: needs.map((need) =>
        secret(need, (key) => pulumi.secret(review.value(need, key) ?? pulumi.unknown)),
      ),
    };
  }
}

const secret = (
  { name, namespace, keys }: SecretNeed,
  value: (key: string) => pulumi.Output<unknown>,
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace, labels: { 'app.kubernetes.io/managed-by': 'keelson' } },
  type: keys.includes(DOCKER_CONFIG_KEY) ? 'kubernetes.io/dockerconfigjson' : 'Opaque',
  stringData: Object.fromEntries(keys.map((key) => [key, value(key)])),
});

/** The parsed value, or the text where it is no JSON; the review refuses that without repeating it. */
function readObject(config: pulumi.Config): unknown {
  const text = config.get('secrets');
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

/** The SDK knows it but does not declare it. */
const isEncrypted = (key: string): boolean =>
  (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);
