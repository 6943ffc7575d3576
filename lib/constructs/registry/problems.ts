import { cidrProblem, ipv4Problem } from '../../config/address.js';
import { imageProblem } from '../../config/images.js';
import { hostProblem, nameProblem } from '../../config/name.js';
import { type KeysOf, unknownKeys } from '../../kube/known-keys.js';
import { resourceProblems } from '../../kube/resources.js';
import { scheduleProblem } from '../../kube/schedule.js';
import { secretRefProblem } from '../../kube/secret-ref.js';
import type { RegistryProps } from '../registry.js';
import type { RegistryGarbageCollectionOptions } from './garbage-collection.js';

/** Its collection's Jobs have the name with `-garbage-collection` and eleven digits. */
const LONGEST_NAME = 33;

const COLLECTION_KEYS: KeysOf<RegistryGarbageCollectionOptions> = { schedule: true, deleteUntagged: true };

/**
 * What is wrong with a registry's props.
 *
 * @param name of its objects
 * @param address what its images begin with
 */
export function registryProblems(props: RegistryProps, name: string, address: string): string[] {
  const { host, users, clusterIP, storageGiB = 10, nodeCidrs = [], image, garbageCollection } = props;
  const { schedule } = garbageCollection ?? {};
  const problem = (key: string, text: string | undefined) => (text === undefined ? [] : [`${key}: ${text}`]);
  return [
    ...problem('name', nameProblem(name, LONGEST_NAME)),
    ...problem('host', host === undefined ? undefined : hostProblem(host)),
    ...problem('users', users === undefined ? undefined : secretRefProblem(users)),
    ...(host !== undefined && users === undefined
      ? [
          'users: none were given, so everybody on the internet could push to it; give secretRef("registry-users", "htpasswd") and the output of `htpasswd -nB NAME` as its value, or leave host out',
        ]
      : []),
    ...problem('clusterIP', clusterIP === undefined ? undefined : ipv4Problem(clusterIP)),
    ...(Number.isInteger(storageGiB) && storageGiB > 0
      ? []
      : [`storageGiB: ${storageGiB} was given; a whole number above 0 is expected`]),
    ...nodeCidrs.flatMap((cidr) => problem('nodeCidrs', cidrProblem(cidr))),
    ...problem('image', image === undefined ? undefined : imageProblem(image, { versionRequired: true })),
    ...(image?.startsWith(`${address}/`)
      ? [`image: "${image}" comes from this very registry, which could then never start; name another`]
      : []),
    ...unknownKeys(garbageCollection ?? {}, COLLECTION_KEYS, 'garbageCollection.'),
    ...problem('garbageCollection.schedule', schedule === undefined ? undefined : scheduleProblem(schedule)),
    ...resourceProblems(props.resources),
  ];
}
