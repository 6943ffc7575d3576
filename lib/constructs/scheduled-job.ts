import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { CronJob } from 'kubernetes-types/batch/v1';
import { apiObject } from '../kube/api-object.js';
import { allowKeys, type KeysOf } from '../kube/known-keys.js';
import { labels } from '../kube/labels.js';
import { scheduleProblem } from '../kube/schedule.js';
import { JOB_KEYS, type JobProps, jobLimits, jobProblems, ONCE } from './job.js';
import { Workload } from './workload.js';

export interface ScheduledJobProps extends JobProps {
  /** When it runs, as five fields of cron: `0 3 * * *` is each night at three. */
  readonly schedule: string;
  /** Time zone of the schedule, such as `Europe/Berlin`. @default Etc/UTC */
  readonly timeZone?: string;
  /** What happens when it is time and the last run has not ended. @default Forbid: the new run is left out */
  readonly concurrency?: 'Forbid' | 'Allow' | 'Replace';
}

const KEYS: KeysOf<ScheduledJobProps> = {
  ...JOB_KEYS,
  schedule: true,
  timeZone: true,
  concurrency: true,
};

/**
 * Work that runs at set times.
 *
 * A run that could not start within five minutes, because the cluster was away, is left out until the next time.
 *
 * @example
 * new ScheduledJob(env, 'report', { image: env.image('report'), schedule: '0 3 * * *', uses: [database] });
 */
export class ScheduledJob extends Workload {
  /** For fields that no prop has, by `addJsonPatch`. */
  readonly cronJob: ApiObject;
  /** Its Jobs' names end with eleven digits. */
  protected override readonly longestName = 52;

  constructor(scope: Construct, id: string, props: ScheduledJobProps) {
    super(scope, id, props);
    allowKeys(this, props, KEYS);
    const { name } = this;
    const { schedule, timeZone = 'Etc/UTC', concurrency = 'Forbid' } = props;
    this.addSurroundings('scheduled-job');
    this.cronJob = apiObject<CronJob>(this, 'cron-job', {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: this.controllerMetadata(),
      spec: {
        schedule,
        timeZone,
        concurrencyPolicy: concurrency,
        startingDeadlineSeconds: 300,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          metadata: { labels: labels(this, name) },
          spec: { ...jobLimits(props), template: this.podTemplate({ pod: ONCE }) },
        },
      },
    });
    this.node.addValidation({
      validate: () => [
        ...(scheduleProblem(schedule) ? [`schedule: ${scheduleProblem(schedule)}`] : []),
        ...(/^[A-Z]\w*(\/[\w+-]+)*$/.test(timeZone)
          ? []
          : [`timeZone: ${JSON.stringify(timeZone)} is no time zone; give one such as "Europe/Berlin"`]),
        ...(['Forbid', 'Allow', 'Replace'].includes(concurrency)
          ? []
          : [`concurrency: ${JSON.stringify(concurrency)} was given; allowed: Forbid, Allow, Replace`]),
        ...jobProblems(props),
      ],
    });
  }
}
