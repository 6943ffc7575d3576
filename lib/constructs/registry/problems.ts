import { imageProblem } from '../../config/images.js';
import { hostProblem } from '../../config/name.js';
import { resourceProblems } from '../../kube/resources.js';
import { scheduleProblem } from '../../kube/schedule.js';
import { secretRefProblem } from '../../kube/secret-ref.js';
import type { RegistryProps } from '../registry.js';

const PART = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const IPV4 = new RegExp(`^${PART}(\\.${PART}){3}$`);
const CIDR = new RegExp(`^(${PART}(\\.${PART}){3}/(3[0-2]|[12]?\\d)|[0-9a-f:]+/\\d{1,3})$`);

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
    ...(clusterIP === undefined || IPV4.test(clusterIP)
      ? []
      : [
          `clusterIP: ${JSON.stringify(clusterIP)} is no IPv4 address; give one of the cluster's range of services`,
        ]),
    ...(Number.isInteger(storageGiB) && storageGiB > 0
      ? []
      : [`storageGiB: ${storageGiB} was given; a whole number above 0 is expected`]),
    ...nodeCidrs
      .filter((cidr) => !CIDR.test(cidr))
      .map((cidr) => `nodeCidrs: ${JSON.stringify(cidr)} is no CIDR; give one such as "10.42.1.0/32"`),
    ...problem('image', image === undefined ? undefined : imageProblem(image, { versionRequired: true })),
    ...(image?.startsWith(`${name}/`)
      ? [`image: "${image}" comes from this very registry, which could then never start; name another`]
      : []),
    ...problem('garbageCollection.schedule', schedule === undefined ? undefined : scheduleProblem(schedule)),
    ...resourceProblems(props.resources),
  ];
}
