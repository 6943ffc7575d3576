import { cidrProblem, ipv4Problem } from '../../config/address.js';
import { imageProblem } from '../../config/images.js';
import { hostProblem } from '../../config/name.js';
import { resourceProblems } from '../../kube/resources.js';
import { scheduleProblem } from '../../kube/schedule.js';
import { secretRefProblem } from '../../kube/secret-ref.js';
import type { RegistryProps } from '../registry.js';

/**
 * What is wrong with a registry's props.
 *
 * @param name what its images begin with
 */
export function registryProblems(props: RegistryProps, name: string): string[] {
  const { host, users, clusterIP, storageGiB = 10, nodeCidrs = [], image, garbageCollection } = props;
  const { schedule } = garbageCollection ?? {};
  const problem = (key: string, text: string | undefined) => (text === undefined ? [] : [`${key}: ${text}`]);
  return [
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
    ...(image?.startsWith(`${name}/`)
      ? [`image: "${image}" comes from this very registry, which could then never start; name another`]
      : []),
    ...problem('garbageCollection.schedule', schedule === undefined ? undefined : scheduleProblem(schedule)),
    ...resourceProblems(props.resources),
  ];
}
