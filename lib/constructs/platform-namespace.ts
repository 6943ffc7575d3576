import { Construct } from 'constructs';
import type { Quota } from '../config/application-schema.js';
import { defined } from '../config/defined.js';
import { allowKeys, type KeysOf } from '../kube/known-keys.js';
import { ClosedNamespace, type PodSecurity } from './closed-namespace.js';

export interface PlatformNamespaceProps {
  /** @default the construct's id */
  readonly name?: string;
  /** What the pods may request in sum. @default 0.5 cores, 1024 MiB, 50 GiB of volumes, 20 pods */
  readonly quota?: Partial<Quota>;
  /** `privileged` for pods that are part of the machine, such as a driver of volumes. @default restricted */
  readonly podSecurity?: PodSecurity;
}

const KEYS: KeysOf<PlatformNamespaceProps> = { name: true, quota: true, podSecurity: true };

const QUOTA = { cpu: 0.5, memory: 1024, storage: 50, pods: 20 } as const satisfies Quota;

/**
 * The namespace of a part of the platform, such as the registry: as closed as an environment's, and the cluster's own.
 * It may stand in the chart of what lives in it.
 *
 * @example
 * const chart = new Chart(app, 'registry', { namespace: 'registry' });
 * new PlatformNamespace(chart, 'namespace', { name: 'registry' });
 */
export class PlatformNamespace extends Construct {
  constructor(scope: Construct, id: string, props: PlatformNamespaceProps = {}) {
    super(scope, id);
    allowKeys(this, props, KEYS);
    const { name = id, quota, podSecurity } = props;
    new ClosedNamespace(this, 'namespace', {
      name,
      quota: { ...QUOTA, ...defined(quota) },
      limitsName: 'platform',
      ...(podSecurity && { podSecurity }),
    });
  }
}
