import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { JobSpec, Job as KubeJob } from 'kubernetes-types/batch/v1';
import { apiObject } from '../kube/api-object.js';
import { allowKeys, type KeysOf } from '../kube/known-keys.js';
import { Workload } from './workload.js';
import { WORKLOAD_KEYS, type WorkloadProps } from './workload-props.js';

export interface JobProps extends WorkloadProps {
  /** How often a failed run is tried again. @default 3 */
  readonly retries?: number;
  /** Seconds after which it is given up, tries included. @default 600 */
  readonly timeoutSeconds?: number;
}

export const JOB_KEYS: KeysOf<JobProps> = { ...WORKLOAD_KEYS, retries: true, timeoutSeconds: true };

/**
 * Work that runs once to its end, again whenever its image or settings change: a migration before a roll-out.
 *
 * Kubernetes does not let a Job's pods change, so a changed one is deleted and made anew, which a preview says.
 *
 * @example
 * const migrate = new Job(env, 'migrate', { image: env.image('api'), args: ['migrate'], uses: [database] });
 * new Service(env, 'api', { image: env.image('api'), ports: { http: 8080 }, uses: [database], after: [migrate] });
 */
export class Job extends Workload {
  /** For fields that no prop has, by `addJsonPatch`. */
  readonly job: ApiObject;

  constructor(scope: Construct, id: string, props: JobProps) {
    super(scope, id, props);
    allowKeys(this, props, JOB_KEYS);
    this.addSurroundings('job');
    this.job = apiObject<KubeJob>(this, 'job', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: this.controllerMetadata(),
      spec: { ...jobLimits(props), template: this.podTemplate({ pod: ONCE }) },
    });
    this.node.addValidation({ validate: () => jobProblems(props) });
  }
}

/** The pod stays after a failure, so that its log can be read. */
export const ONCE = { restartPolicy: 'Never', topologySpreadConstraints: [] };

export const jobLimits = ({ retries = 3, timeoutSeconds = 600 }: JobProps): Omit<JobSpec, 'template'> => ({
  backoffLimit: retries,
  activeDeadlineSeconds: timeoutSeconds,
});

export function jobProblems({ retries = 3, timeoutSeconds = 600 }: JobProps): string[] {
  return [
    ...(Number.isInteger(retries) && retries >= 0
      ? []
      : [`retries: ${retries} was given; a whole number is expected`]),
    ...(Number.isInteger(timeoutSeconds) && timeoutSeconds > 0
      ? []
      : [`timeoutSeconds: ${timeoutSeconds} was given; a whole number above 0 is expected`]),
  ];
}
