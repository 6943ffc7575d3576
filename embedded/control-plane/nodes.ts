import { KUBERNETES } from '../binaries/go-modules.js';
import { thisPlatform } from '../binaries/platform.js';
import type { ClusterClient } from './cluster-client.js';

/** What a simulated node offers to pods: the smallest machine that Keelson is made for. */
const RESOURCES = { cpu: '2', memory: '4Gi', 'ephemeral-storage': '80Gi', pods: '110' };

const nodeName = (index: number) => `keelson-${index + 1}`;

/** Adds nodes until there are `count`; more are left as they are. */
export async function addNodes(client: ClusterClient, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const { status, body } = await client('/api/v1/nodes', { method: 'POST', body: node(nodeName(index)) });
    const exists = status === 409;
    if (status !== 201 && !exists)
      throw new Error(`The simulated node ${nodeName(index)} was refused: ${status} ${body}`);
  }
}

/** Whether kwok keeps the first `count` nodes ready. */
export async function nodesReady(client: ClusterClient, count: number): Promise<boolean> {
  const { body } = await client('/api/v1/nodes');
  const { items = [] } = JSON.parse(body) as {
    items?: { status?: { conditions?: { type: string; status: string }[] } }[];
  };
  const ready = items.filter(({ status }) =>
    status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True'),
  );
  return ready.length >= count;
}

function node(name: string) {
  const { architecture } = thisPlatform();
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': architecture,
        'node-role.kubernetes.io/control-plane': 'true',
        type: 'kwok',
      },
    },
    status: {
      allocatable: RESOURCES,
      capacity: RESOURCES,
      nodeInfo: { architecture, operatingSystem: 'linux', kubeletVersion: KUBERNETES.version },
    },
  };
}
