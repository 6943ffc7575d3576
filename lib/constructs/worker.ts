import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import { apiObject } from '../kube/api-object.js';
import { allowKeys, type KeysOf } from '../kube/known-keys.js';
import { NAME } from '../kube/labels.js';
import { addDisruptionBudget } from './disruption-budget.js';
import { Workload } from './workload.js';
import { WORKLOAD_KEYS, type WorkloadProps } from './workload-props.js';

export interface WorkerProps extends WorkloadProps {
  /** How many pods. @default 1: what it works off waits while the pod moves */
  readonly replicas?: number;
  /**
   * Whether an old and a new pod may run side by side during an update; if not, the old one ends first.
   * @default true
   */
  readonly overlap?: boolean;
  /** Command that fails when the process hangs and has to be started anew. @default it is restarted when it ends */
  readonly alive?: readonly string[];
}

const KEYS: KeysOf<WorkerProps> = { ...WORKLOAD_KEYS, replicas: true, overlap: true, alive: true };

/**
 * A workload that answers nobody: a consumer of a queue, a scheduler. Deployment, service account, network policy
 * and, with more than one pod, a disruption budget.
 *
 * @example
 * new Worker(env, 'mailer', { image: env.image('mailer'), uses: [queue] });
 */
export class Worker extends Workload {
  /** For fields that no prop has, by `addJsonPatch`. */
  readonly deployment: ApiObject;

  constructor(scope: Construct, id: string, props: WorkerProps) {
    super(scope, id, props);
    allowKeys(this, props, KEYS);
    const { name } = this;
    const { replicas = 1, overlap = true, alive } = props;
    this.addSurroundings('worker');
    this.deployment = apiObject<Deployment>(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: this.controllerMetadata(),
      spec: {
        replicas,
        revisionHistoryLimit: 3,
        progressDeadlineSeconds: 300,
        selector: { matchLabels: { [NAME]: name } },
        strategy: overlap
          ? { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
          : { type: 'Recreate' },
        template: this.podTemplate({
          ...(alive && {
            container: {
              livenessProbe: { exec: { command: [...alive] }, periodSeconds: 20, timeoutSeconds: 5 },
            },
          }),
        }),
      },
    });
    addDisruptionBudget(this, name, replicas);
    this.node.addValidation({
      validate: () =>
        Number.isInteger(replicas) && replicas >= 0
          ? []
          : [`replicas: ${replicas} was given; a whole number is expected`],
    });
  }
}
