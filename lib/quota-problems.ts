import type { Problem } from './config/problem.js';
import type { NamedEnvironment } from './config/selection.js';
import type { KubeObject } from './kube/object.js';
import { requestsOf } from './requests.js';

/** What an environment asks for beyond its quota: the API server would refuse the pods that come last. */
export function quotaProblems(
  { name, personal, quota }: NamedEnvironment,
  objects: readonly KubeObject[],
): Problem[] {
  const { cpuMillis, memoryMiB } = requestsOf(objects);
  const where = personal ? 'personal.quota' : `environments.${name}.quota`;
  const problem = (key: string, asked: string, allowed: string) => ({
    where: `${where}.${key}`,
    message: `its pods request ${asked} in sum, more than ${allowed}; raise it, or lower replicas or resources`,
  });
  return [
    ...(cpuMillis > quota.cpu * 1000
      ? [problem('cpu', `${cpuMillis / 1000} cores`, `${quota.cpu} cores`)]
      : []),
    ...(memoryMiB > quota.memory ? [problem('memory', `${memoryMiB} MiB`, `${quota.memory} MiB`)] : []),
  ];
}
