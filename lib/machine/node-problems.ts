import type { Problem } from '../config/problem.js';
import { overlap } from './network.js';
import type { NodeSettings } from './node.js';

/** k3s' pods and services; nodes, registry addresses and policies count on them. */
const CLUSTER_RANGES = { pods: '10.42.0.0/16', services: '10.43.0.0/16' } as const;

/** What no single key can tell. */
export function nodeProblems(node: NodeSettings): Problem[] {
  const { role, clusterInit, serverAddress, snapshots, privateNetwork } = node;
  const problems: Problem[] = [];
  if (!clusterInit && serverAddress === null)
    problems.push({
      where: 'serverAddress',
      message: `is missing: ${role === 'agent' ? 'an agent' : 'a server that does not begin a cluster'} joins one; give its API, such as "https://api.example.com:6443"`,
    });
  if (clusterInit && role === 'agent')
    problems.push({
      where: 'clusterInit',
      message: 'is for servers; an agent has no control plane; remove it',
    });
  if (clusterInit && serverAddress !== null)
    problems.push({
      where: 'clusterInit',
      message:
        'and serverAddress contradict each other: a machine begins a cluster or joins one; remove one of them',
    });
  if (snapshots !== null && role === 'agent')
    problems.push({ where: 'snapshots', message: 'are taken by servers; an agent has no etcd; remove it' });
  for (const [what, range] of Object.entries(CLUSTER_RANGES))
    if (overlap(privateNetwork.cidr, range))
      problems.push({
        where: 'privateNetwork.cidr',
        message: `${privateNetwork.cidr} overlaps with the cluster's ${what} (${range}); give the VPC another range`,
      });
  return problems;
}
