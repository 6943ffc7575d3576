import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import { apiObject } from '../kube/api-object.js';
import { allowKeys, type KeysOf } from '../kube/known-keys.js';
import { NAME } from '../kube/labels.js';
import { type Autoscale, addAutoscaler, autoscaleOf, autoscaleProblems } from './autoscaler.js';
import { addDisruptionBudget } from './disruption-budget.js';
import { SERVED_KEYS, ServedWorkload, type ServedWorkloadProps } from './served-workload.js';

export interface ServiceProps extends ServedWorkloadProps {
  /** How many pods. @default 2: one may be updated, moved or lost without a failed request */
  readonly replicas?: number;
  /** Lets the use of CPU decide how many pods there are, in place of `replicas`. @default fixed */
  readonly autoscale?: Autoscale;
}

const KEYS: KeysOf<ServiceProps> = { ...SERVED_KEYS, autoscale: true };

/** Seconds in which a node should have got the image. */
const PULL_SECONDS = 240;

/**
 * A service that answers requests: Deployment, Service, service account, disruption budget, network policy and, with
 * a host, Ingress and Certificate.
 *
 * @example
 * const cache = new Redis(env, 'cache');
 * new Service(env, 'web', { image: env.image('web'), ports: { http: 8080 }, host: 'www', uses: [cache] });
 */
export class Service extends ServedWorkload {
  /** For fields that no prop has: `service.deployment.addJsonPatch(JsonPatch.add('/spec/minReadySeconds', 5))`. */
  readonly deployment: ApiObject;

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id, 'service', props);
    allowKeys(this, props, KEYS);
    const { name } = this;
    const { replicas = 2, autoscale, startSeconds = 60 } = props;
    this.deployment = apiObject<Deployment>(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: this.controllerMetadata(),
      spec: {
        ...(!autoscale && { replicas }),
        revisionHistoryLimit: 3,
        progressDeadlineSeconds: Math.max(300, startSeconds + PULL_SECONDS),
        selector: { matchLabels: { [NAME]: name } },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: this.podTemplate({ container: this.servedContainer() }),
      },
    });
    if (autoscale) addAutoscaler(this, name, autoscale);
    addDisruptionBudget(this, name, autoscale ? autoscaleOf(autoscale).min : replicas);
    this.node.addValidation({ validate: () => autoscaleProblems(autoscale, props.replicas) });
  }
}
