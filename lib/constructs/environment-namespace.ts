import { Construct } from 'constructs';
import type { Quota } from '../config/application-schema.js';
import { defined } from '../config/defined.js';
import { allowKeys, type KeysOf } from '../kube/known-keys.js';
import { ClosedNamespace } from './closed-namespace.js';

export interface EnvironmentNamespaceProps {
  /** @default the construct's id */
  readonly name?: string;
  /** What the pods may request in sum. @default 1.5 cores, 2048 MiB, 20 GiB of volumes, 50 pods */
  readonly quota?: Partial<Quota>;
}

const KEYS: KeysOf<EnvironmentNamespaceProps> = { name: true, quota: true };

const QUOTA = { cpu: 1.5, memory: 2048, storage: 20, pods: 50 } as const satisfies Quota;

/**
 * The namespace of an environment, closed until a workload opens a path: Pod Security `restricted`, a network policy
 * that denies everything but DNS and certificate challenges, a quota, and requests for pods that state none.
 *
 * @example
 * new EnvironmentNamespace(chart, 'staging', { quota: { memory: 1024 } });
 */
export class EnvironmentNamespace extends Construct {
  constructor(scope: Construct, id: string, props: EnvironmentNamespaceProps = {}) {
    super(scope, id);
    allowKeys(this, props, KEYS);
    const { name = id, quota } = props;
    new ClosedNamespace(this, 'namespace', {
      name,
      quota: { ...QUOTA, ...defined(quota) },
      limitsName: 'environment',
    });
  }
}
