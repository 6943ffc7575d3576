import type { KubeObject } from './kube/object.js';

/** What pods ask for in sum. */
export interface Requests {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
}

interface Workload {
  readonly replicas?: number;
  readonly template?: {
    readonly spec: {
      readonly containers: readonly { readonly resources?: { readonly requests?: Record<string, string> } }[];
    };
  };
}

/** Sums the requests of all pods that run at the same time, as the scheduler will. */
export function requestsOf(objects: readonly KubeObject[]): Requests {
  let cpuMillis = 0;
  let memoryMiB = 0;
  for (const { kind, spec } of objects) {
    const { template, replicas = 1 } = (spec ?? {}) as Workload;
    if (!template || kind === 'Job') continue;
    for (const { resources } of template.spec.containers) {
      cpuMillis += replicas * toMillis(resources?.requests?.cpu);
      memoryMiB += replicas * toMiB(resources?.requests?.memory);
    }
  }
  return { cpuMillis, memoryMiB };
}

const toMillis = (quantity = '0'): number =>
  quantity.endsWith('m') ? Number.parseFloat(quantity) : 1000 * Number.parseFloat(quantity);

const MIB: Readonly<Record<string, number>> = {
  Ki: 1 / 1024,
  Mi: 1,
  Gi: 1024,
  k: 1e3 / 2 ** 20,
  M: 1e6 / 2 ** 20,
  G: 1e9 / 2 ** 20,
};

function toMiB(quantity = '0'): number {
  const [, amount = '0', unit = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  return Number(amount) * (MIB[unit] ?? 2 ** -20);
}
