import { nameProblem } from '../config/name.js';
import { containerProblems, namedContainerProblems } from '../kube/container.js';
import { namespaceOf } from '../kube/context.js';
import { fileProblems } from '../kube/files.js';
import { metricsProblems } from '../kube/metrics.js';
import { volumeProblems } from '../kube/volumes.js';
import type { Job } from './job.js';
import { containersOf, type WorkloadProps } from './workload-props.js';

interface Surroundings {
  readonly name: string;
  readonly longestName: number;
  readonly namespace: string | undefined;
  /** In a personal environment an image goes without a version. */
  readonly personal: boolean;
  /** Of the pod's volumes besides those of `volumes`. */
  readonly volumeNames: readonly string[];
}

/** What is wrong with the props of a workload, whatever its kind. */
export function workloadProblems(
  props: WorkloadProps,
  { name, longestName, namespace, personal, volumeNames }: Surroundings,
): string[] {
  const { init = {}, sidecars = {}, after = [], metrics, stopSeconds = 30 } = props;
  const wrongName = nameProblem(name, longestName);
  const options = { versionRequired: !personal };
  const containers = containersOf(props);
  const names = [name, ...Object.keys(init), ...Object.keys(sidecars)];
  return [
    ...(wrongName ? [`name: ${wrongName}`] : []),
    ...containerProblems(props, options),
    ...namedContainerProblems('init', init, options),
    ...namedContainerProblems('sidecars', sidecars, options),
    ...names
      .filter((one, index) => names.indexOf(one) !== index)
      .map((one) => `"${one}" names two containers of the pod; rename the one in init or sidecars`),
    ...fileProblems(containers.map(({ files = {} }) => files)),
    ...volumeProblems(
      containers.map(({ volumes = {} }) => volumes),
      volumeNames,
    ),
    ...afterProblems(after, namespace),
    ...metricsProblems(metrics),
    ...(Number.isInteger(stopSeconds) && stopSeconds > 0
      ? []
      : [`stopSeconds: ${stopSeconds} was given; a whole number above 0 is expected`]),
  ];
}

const afterProblems = (after: readonly Job[], namespace: string | undefined): string[] =>
  after.flatMap((job) => {
    if (!job?.job)
      return [
        `after: ${JSON.stringify(job) ?? 'undefined'} was given; a Job is expected, which is made before what comes after it`,
      ];
    return namespaceOf(job) === namespace
      ? []
      : [
          `after: "${job.name}" stands in another environment, for which no stack waits; name a Job of this one`,
        ];
  });
