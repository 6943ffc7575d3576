import { imageProblem } from '../../config/images.js';
import { nameProblem } from '../../config/name.js';
import { resourceProblems } from '../../kube/resources.js';
import { secretRefProblem } from '../../kube/secret-ref.js';
import type { RedisClusterProps } from '../redis-cluster.js';

export const LEAST_SHARDS = 3;
/** Redis advises about 1,000 nodes at most. @see https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/ */
const MOST_SHARDS = 500;
const MOST_REPLICAS = 5;
/** Kubernetes puts a hash of 11 characters behind it, into a label of at most 63. */
const LONGEST_NAME = 52;

const isWholeBetween = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

/** For what is made although a wrong number is reported as well. */
export const replicasToMake = (replicasPerShard: number): number =>
  isWholeBetween(replicasPerShard, 0, MOST_REPLICAS) ? replicasPerShard : 0;

const numberProblem = (prop: string, value: number, least: number, most: number, reason = ''): string[] =>
  isWholeBetween(value, least, most)
    ? []
    : [`${prop}: ${value} was given; a whole number from ${least} to ${most} is expected${reason}`];

/** What is wrong with the props of a cluster, all at once. */
export function problems(props: RedisClusterProps & { readonly name: string }): string[] {
  const { name, image, password, storageGiB = 1, resources } = props;
  const { shards = LEAST_SHARDS, replicasPerShard = 1, minReplicasToWrite = 0 } = props;
  const nameText = nameProblem(name, LONGEST_NAME);
  const imageText = image === undefined ? undefined : imageProblem(image, { versionRequired: true });
  const passwordText = password === undefined ? undefined : secretRefProblem(password);
  return [
    ...(nameText ? [`name: ${nameText}`] : []),
    ...numberProblem(
      'shards',
      shards,
      LEAST_SHARDS,
      MOST_SHARDS,
      ': two masters must outvote one that fails',
    ),
    ...numberProblem('replicasPerShard', replicasPerShard, 0, MOST_REPLICAS),
    ...numberProblem(
      'minReplicasToWrite',
      minReplicasToWrite,
      0,
      replicasToMake(replicasPerShard),
      `: a shard has ${replicasPerShard} besides its master`,
    ),
    ...(imageText ? [`image: ${imageText}`] : []),
    ...(passwordText ? [`password: ${passwordText}`] : []),
    ...(Number.isInteger(storageGiB) && storageGiB > 0
      ? []
      : [`storageGiB: ${storageGiB} was given; a whole number above 0 is expected`]),
    ...resourceProblems(resources),
  ];
}
