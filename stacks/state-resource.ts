import type { StepEventStateMetadata } from '@pulumi/pulumi/automation';
import type { KubeObject } from '../lib/kube/object.js';

/** A resource as a state has it. */
export interface Resource {
  readonly urn: string;
  readonly type?: string;
  readonly custom?: boolean;
  readonly protect?: boolean;
  readonly id?: string;
  readonly parent?: string;
  readonly provider?: string;
  readonly inputs?: Partial<KubeObject>;
  readonly outputs?: Partial<KubeObject>;
}

/** A resource as an event tells of it, without the secrets in it. */
export const noted = ({ urn, type, parent, provider, inputs }: StepEventStateMetadata): Resource => ({
  urn,
  type,
  custom: true,
  parent,
  provider,
  inputs: withoutSecrets(inputs) as Resource['inputs'],
});

/** Marks a secret in events and state; the engine hides its value from events. */
const SECRET = '4dabf18193072939515e22adb298388d';

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  const open = Object.entries(value).filter(([, inner]) => !Object.hasOwn(Object(inner), SECRET));
  return Object.fromEntries(open.map(([key, inner]) => [key, withoutSecrets(inner)]));
}
