import { Construct } from 'constructs';
import type { CronJob } from 'kubernetes-types/batch/v1';
import { apiObject } from '../../kube/api-object.js';
import { labels, NAME } from '../../kube/labels.js';
import { podSpec } from '../../kube/pod.js';
import { resourceRequirements } from '../../kube/resources.js';
import { addServiceAccount } from '../../kube/service-account.js';
import { registryContainer, registryVolumes } from './container.js';

export interface RegistryGarbageCollectionOptions {
  /** When it runs, as five fields of cron in UTC. @default 30 3 * * 0: on Sundays at half past three */
  readonly schedule?: string;
  /**
   * Also delete images that no tag names. A moved tag leaves such an image behind, and an environment may still run it
   * by its digest: only for a registry whose every image keeps a tag.
   * @default false
   */
  readonly deleteUntagged?: boolean;
}

interface Props extends RegistryGarbageCollectionOptions {
  /** The registry's name, which its pods, its volume claim and its settings carry. */
  readonly registry: string;
  readonly image: string;
}

/** Seconds after which a collection is ended; what it has not deleted waits for the next. */
const LONGEST = 3600;

/**
 * Gives the space of deleted images back, on a schedule.
 *
 * Who pushes while a collection runs may lose the blobs of an unfinished push. So it never runs beside a server that
 * writes: both take a lock on the volume, which the kernel guards, and the server starts anew for reading only until
 * the collection is over. Pulls go on; a push is refused, or fails and is repeated. The job stands on the node of the
 * registry, because the volume is mounted on one node and the lock is good on one node.
 */
export class RegistryGarbageCollection extends Construct {
  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    const { registry, image, schedule = '30 3 * * 0', deleteUntagged = false } = props;
    const name = `${registry}-garbage-collection`;
    const options = deleteUntagged ? ['--delete-untagged'] : [];
    addServiceAccount(this, name);
    apiObject<CronJob>(this, 'cron-job', {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name },
      spec: {
        schedule,
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 3600,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 1,
        jobTemplate: {
          metadata: { labels: labels(this, name) },
          spec: {
            backoffLimit: 0,
            activeDeadlineSeconds: LONGEST,
            template: {
              metadata: { labels: labels(this, name) },
              spec: podSpec(name, {
                restartPolicy: 'Never',
                affinity: {
                  podAffinity: {
                    requiredDuringSchedulingIgnoredDuringExecution: [
                      {
                        labelSelector: { matchLabels: { [NAME]: registry } },
                        topologyKey: 'kubernetes.io/hostname',
                      },
                    ],
                  },
                },
                containers: [
                  {
                    ...registryContainer({ name: 'collection', image }, 'collect-garbage.sh', options),
                    resources: resourceRequirements(),
                  },
                ],
                volumes: registryVolumes(registry),
              }),
            },
          },
        },
      },
    });
  }
}
