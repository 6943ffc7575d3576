import { at, numberAt } from '../diff/json.js';
import { groupOf } from '../kube/immutable-fields.js';
import type { KubeObject } from '../kube/object.js';

/** Annotations of a planned resource. */
export const PROTECTED = 'keelson.dev/protected';
export const USD_A_MONTH = 'keelson.dev/usd-a-month';

/** Whether an object stands for a resource of DigitalOcean: `digitalocean/index`, `Droplet`. */
export const isPlanned = ({ apiVersion }: Pick<KubeObject, 'apiVersion'>): boolean =>
  groupOf(apiVersion) === 'digitalocean';

/** Whether the engine refuses to delete or replace it. */
export const isProtected = (object: KubeObject): boolean =>
  at(object, 'metadata', 'annotations', PROTECTED) === 'true';

/** USD; 0 where it costs nothing, or nobody knows what. */
export const monthlyUsd = (object: KubeObject | undefined): number =>
  Number(at(object, 'metadata', 'annotations', USD_A_MONTH) ?? 0);

/** GiB of a planned volume. */
export const gibibytesOf = (object: KubeObject): number => numberAt(object, 'spec', 'size') ?? 0;
