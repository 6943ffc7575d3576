import type { Construct, IConstruct } from 'constructs';
import { nameProblem } from '../config/name.js';

/** Names a value inside a Secret. Manifests carry the name; the value exists in a stack only. */
export interface SecretRef {
  readonly secret: string;
  readonly key: string;
  /** Any random value will do, so `keelson up` makes one for a cluster that is thrown away. */
  readonly generate: boolean;
}

/**
 * Refers to a secret value by name.
 *
 * @param options.generate whether any random value will do, as for a key that signs cookies. @default false
 * @example
 * env: { SESSION_KEY: secretRef('web', 'session-key', { generate: true }) }
 */
export const secretRef = (
  secret: string,
  key: string,
  options: { readonly generate?: boolean } = {},
): SecretRef => ({
  secret,
  key,
  generate: options.generate ?? false,
});

/** The key of a registry's credentials, which the kubelet asks for. @see https://kubernetes.io/docs/concepts/configuration/secret/#docker-config-secrets */
export const DOCKER_CONFIG_KEY = '.dockerconfigjson';

export const isSecretRef = (value: unknown): value is SecretRef =>
  typeof value === 'object' && value !== null && 'secret' in value && 'key' in value;

/** What is wrong where a reference is expected, or undefined. Never repeats the value: it may be the secret. */
export function secretRefProblem(value: unknown): string | undefined {
  if (!isSecretRef(value))
    return 'a value was given where a secret reference belongs; write secretRef("NAME", "KEY") and give the value to the stack: pulumi config set --secret --path \'keelson:secrets.NAME.KEY\'';
  if (!/^[-._a-zA-Z0-9]{1,253}$/.test(value.key))
    return `${JSON.stringify(value.key)} is no key of a Secret; use letters, digits, "-", "_" and "."`;
  return nameProblem(value.secret);
}

const METADATA = 'keelson.dev/secret';

/** A secret that some construct refers to, and where. */
export interface DeclaredSecret extends SecretRef {
  /** @default the namespace of the chart */
  readonly namespace?: string;
}

/** Notes on a construct that its objects refer to a secret, so that the stack knows which values it must have. */
export const declareSecret = (scope: Construct, ref: SecretRef, namespace?: string): void =>
  scope.node.addMetadata(METADATA, { ...ref, ...(namespace !== undefined && { namespace }) });

/** Every secret that the constructs below `scope` refer to, in the order of their declaration. */
export const declaredSecrets = (
  scope: Construct,
  wanted: (construct: IConstruct) => boolean,
): DeclaredSecret[] =>
  scope.node
    .findAll()
    .filter(wanted)
    .flatMap((construct) => construct.node.metadata)
    .filter(({ type }) => type === METADATA)
    .map(({ data }) => data as DeclaredSecret);
