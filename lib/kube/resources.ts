import type { ResourceRequirements } from 'kubernetes-types/core/v1';
import { defined } from '../config/defined.js';
import { type KeysOf, unknownKeys } from './known-keys.js';

/** What one container asks for and may not exceed. There is no CPU limit: it would throttle an idle machine. */
export interface Resources {
  /** CPU request in thousandths of a core. @default 25 */
  readonly cpuMillis?: number;
  /** Memory request in MiB. @default 64 */
  readonly memoryMiB?: number;
  /** Memory limit in MiB: beyond it the container is killed. @default four times the request */
  readonly memoryLimitMiB?: number;
  /** Request and limit of the disk under logs and scratch volumes, in MiB. @default 256 */
  readonly ephemeralStorageMiB?: number;
}

const KEYS: KeysOf<Resources> = {
  cpuMillis: true,
  memoryMiB: true,
  memoryLimitMiB: true,
  ephemeralStorageMiB: true,
};

export const RESOURCE_DEFAULTS = { cpuMillis: 25, memoryMiB: 64, ephemeralStorageMiB: 256 } as const;

export function resourceRequirements(resources: Resources = {}): ResourceRequirements {
  const { cpuMillis, memoryMiB, ephemeralStorageMiB } = { ...RESOURCE_DEFAULTS, ...defined(resources) };
  const storage = `${ephemeralStorageMiB}Mi`;
  return {
    requests: { cpu: `${cpuMillis}m`, memory: `${memoryMiB}Mi`, 'ephemeral-storage': storage },
    limits: { memory: `${resources.memoryLimitMiB ?? 4 * memoryMiB}Mi`, 'ephemeral-storage': storage },
  };
}

export function resourceProblems(resources: Resources = {}): string[] {
  const wrong = [
    ...unknownKeys(resources, KEYS, 'resources.'),
    ...Object.entries(resources)
      .filter(([key]) => Object.hasOwn(KEYS, key))
      .filter(([, value]) => value !== undefined && !(Number.isInteger(value) && Number(value) > 0))
      .map(([key, value]) => `resources.${key}: ${value} was given; a whole number above 0 is expected`),
  ];
  const { memoryMiB = RESOURCE_DEFAULTS.memoryMiB, memoryLimitMiB } = resources;
  return memoryLimitMiB !== undefined && memoryLimitMiB < memoryMiB
    ? [...wrong, `resources.memoryLimitMiB: ${memoryLimitMiB} is below the request of ${memoryMiB}`]
    : wrong;
}
