import { ApiClient } from './api-client.js';
import { Discovery } from './discovery.js';
import type { Mutability } from './immutable-fields.js';
import { readKubeconfig } from './kubeconfig.js';
import { type Properties, text } from './property-values.js';

/** The provider resource's inputs that have an effect here; others are accepted and ignored. */
export interface Configuration extends Mutability {
  readonly client: ApiClient;
  readonly discovery: Discovery;
  /** For objects that name none. */
  readonly namespace: string;
  /** What an unreachable server had counts as deleted. @default false */
  readonly deleteUnreachable: boolean;
  /** Every apply takes fields over from other managers. @default false */
  readonly enablePatchForce: boolean;
  /** A create takes over an object that is there. @default false */
  readonly upsertExistingObjects: boolean;
}

/**
 * Reads the provider's inputs (without secret marks).
 * @throws where the kubeconfig is missing or leads to any other server than `allowedServer`
 */
export function configure(inputs: Properties, allowedServer: string): Configuration {
  const kubeconfig = text(inputs, 'kubeconfig');
  const mend = `This stand-in for the kubernetes provider serves the embedded cluster at ${allowedServer} alone: give the provider that cluster's kubeconfig, or install the real plugin (pulumi plugin install resource kubernetes).`;
  if (!kubeconfig) throw new Error(`kubernetes provider: no kubeconfig is given. ${mend}`);
  const access = readKubeconfig(kubeconfig, text(inputs, 'context') || undefined);
  if (!isSameServer(access.server, allowedServer)) {
    throw new Error(`kubernetes provider: the kubeconfig leads to ${access.server || 'no server'}. ${mend}`);
  }
  const flag = (name: string) => inputs[name] === true || inputs[name] === 'true';
  const client = new ApiClient(access);
  return {
    client,
    discovery: new Discovery(client),
    namespace: text(inputs, 'namespace') || access.namespace || 'default',
    deleteUnreachable: flag('deleteUnreachable'),
    enablePatchForce: flag('enablePatchForce'),
    upsertExistingObjects: flag('upsertExistingObjects'),
    enableConfigMapMutable: flag('enableConfigMapMutable'),
    enableSecretMutable: flag('enableSecretMutable'),
  };
}

function isSameServer(given: string, allowed: string): boolean {
  return URL.canParse(given) && new URL(given).href === new URL(allowed).href;
}
