import type { KubeObject } from '../kube/object.js';
import { requestsOf } from '../requests.js';
import { exactQuantity } from './exact-quantity.js';
import { at, fieldsAt, isFields, listAt, numberAt } from './json.js';
import { podsOf } from './pods.js';

/** What objects ask of a cluster, and of whoever pays for it. */
export interface Budget {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  /** Of all volume claims. */
  readonly storageMiB: number;
  readonly loadBalancers: number;
}

/**
 * Objects with pods, and what scales them, as far as they can be summed up; quantities written as numbers become the
 * text that they stand for.
 */
export const demanding = (objects: readonly KubeObject[]): KubeObject[] =>
  objects
    .filter((object) => object.kind === 'HorizontalPodAutoscaler' || podsOf(object).length > 0)
    .map((object) => JSON.parse(JSON.stringify(object, textQuantities)) as KubeObject)
    .filter(isSummable);

function isSummable(object: KubeObject): boolean {
  if (object.kind === 'HorizontalPodAutoscaler') return isFields(at(object, 'spec', 'scaleTargetRef'));
  try {
    requestsOf([object]);
    return true;
  } catch {
    return false;
  }
}

const textQuantities = (name: string, value: unknown): unknown =>
  value === null
    ? undefined
    : (name === 'requests' || name === 'limits' || name === 'overhead') && isFields(value)
      ? Object.fromEntries(Object.entries(value).map(([resource, quantity]) => [resource, `${quantity}`]))
      : value;

/** Sums what the objects ask for while nothing is updated. */
export function budgetOf(objects: readonly KubeObject[]): Budget {
  const { cpuMillis, memoryMiB } = requestsOf(demanding(objects));
  return {
    cpuMillis: Math.round(cpuMillis),
    memoryMiB: Math.round(memoryMiB),
    storageMiB: objects.reduce((sum, object) => sum + storageOf(object), 0),
    loadBalancers: objects.filter(
      ({ kind, spec }) => kind === 'Service' && fieldsAt(spec).type === 'LoadBalancer',
    ).length,
  };
}

function storageOf({ kind, spec }: KubeObject): number {
  if (kind === 'PersistentVolumeClaim') return claimMiB(spec);
  if (kind !== 'StatefulSet') return 0;
  const replicas = numberAt(spec, 'replicas') ?? 1;
  return (
    replicas * listAt(spec, 'volumeClaimTemplates').reduce((sum, claim) => sum + claimMiB(claim.spec), 0)
  );
}

/** What a volume claim asks for, in MiB. */
export function claimMiB(spec: unknown): number {
  const exact = exactQuantity(fieldsAt(spec, 'resources', 'requests').storage);
  return exact === undefined ? 0 : Number(exact / (exactQuantity('1Mi') ?? 1n));
}
