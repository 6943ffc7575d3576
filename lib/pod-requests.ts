import type { Container, PodSpec } from 'kubernetes-types/core/v1';
import { toMiB, toMillis } from './quantity.js';

/** What pods ask for in sum. */
export interface Requests {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
}

export const plus = (a: Requests, b: Requests): Requests => ({
  cpuMillis: a.cpuMillis + b.cpuMillis,
  memoryMiB: a.memoryMiB + b.memoryMiB,
});

export const times = (count: number, { cpuMillis, memoryMiB }: Requests): Requests => ({
  cpuMillis: count * cpuMillis,
  memoryMiB: count * memoryMiB,
});

export const NOTHING: Requests = { cpuMillis: 0, memoryMiB: 0 };

/**
 * What the scheduler reserves for one pod: the containers and sidecars that run together, or the most that the steps
 * of its initialization need, each with the sidecars that were started before it.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
export function podRequests({ containers, initContainers = [], overhead = {} }: PodSpec): Requests {
  let sidecars = NOTHING;
  let initialization = NOTHING;
  for (const container of initContainers) {
    const together = plus(sidecars, containerRequests(container));
    if (container.restartPolicy === 'Always') sidecars = together;
    initialization = larger(initialization, together);
  }
  const running = containers.map(containerRequests).reduce(plus, sidecars);
  return plus(larger(initialization, running), fromQuantities(overhead));
}

const larger = (a: Requests, b: Requests): Requests => ({
  cpuMillis: Math.max(a.cpuMillis, b.cpuMillis),
  memoryMiB: Math.max(a.memoryMiB, b.memoryMiB),
});

/** Kubernetes takes a limit for the request where only that is stated. */
const containerRequests = ({ resources = {} }: Container): Requests =>
  fromQuantities({ ...resources.limits, ...resources.requests });

const fromQuantities = ({ cpu, memory }: Readonly<Record<string, string>>): Requests => ({
  cpuMillis: toMillis(cpu),
  memoryMiB: toMiB(memory),
});
