import { KeelsonError } from '../../lib/config/problem.js';

/** A change that k3s of this minor brings to those who come from the one before. */
export interface BreakingChange {
  readonly minor: number;
  readonly what: string;
  readonly source: string;
}

/** As far as the k3s of this release. */
export const BREAKING_CHANGES: readonly BreakingChange[] = [
  {
    minor: 32,
    what: 'traefik v2 becomes v3: rules that use the syntax of v2 must be rewritten, resources of traefik.containo.us are no longer read (traefik.io instead), and the chart’s "redirectTo" is "redirections"',
    source: 'https://docs.k3s.io/upgrades, https://github.com/k3s-io/k3s/pull/11694',
  },
  {
    minor: 34,
    what: 'etcd becomes 3.6: where servers were ever replaced, removed ones may come back and cost the quorum unless etcd 3.5.26 ran before, so bring 1.33 to its latest patch first',
    source: 'https://etcd.io/blog/2025/zombie_members_upgrade/, https://github.com/NixOS/nixpkgs/pull/487047',
  },
  {
    minor: 35,
    what: 'the kubelet does not start where the kernel still has cgroup v1; NixOS has v2, unless boot.kernelParams says otherwise: stat --file-system --format %T /sys/fs/cgroup says cgroup2fs',
    source: 'https://github.com/kubernetes/kubernetes/pull/134298',
  },
];

/**
 * Checks a step from one k3s to another, before anything happens.
 *
 * @param from package (`k3s_1_34`) or version (`v1.34.2+k3s1`)
 * @returns what will change for those who use the cluster; nothing for the same minor
 * @throws KeelsonError where a minor is skipped, or k3s would go back.
 */
export function k3sUpgrade(from: string, to: string): readonly BreakingChange[] {
  const [old, next] = [minorOf(from), minorOf(to)];
  const name = (minor: number) => `k3s_1_${minor}`;
  if (next < old)
    throw problem(
      `goes back from ${from} to ${to}: the cluster’s data does not; keep "${name(old)}", or make a cluster from a snapshot of that time`,
    );
  if (next > old + 1)
    throw problem(
      `skips minors, from ${from} to ${to}: each has to run once, on every machine; the next is "${name(old + 1)}"`,
    );
  return BREAKING_CHANGES.filter(({ minor }) => minor > old && minor <= next);
}

function minorOf(text: string): number {
  const [, minor] = /^(?:k3s_1_|v?1\.)(\d+)/.exec(text) ?? [];
  if (minor === undefined)
    throw problem(`${JSON.stringify(text)} is no k3s; give a package such as "k3s_1_35"`);
  return Number(minor);
}

const problem = (message: string): KeelsonError =>
  new KeelsonError('An upgrade of k3s', [{ where: 'versions.k3s', message }]);
