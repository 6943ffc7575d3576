import type { Lab } from '../lab.js';

interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly state: { readonly running?: { readonly startedAt: string } };
    }[];
  };
}

/**
 * Pods that should run and are not ready, or are only said to be from before the node's end; `any` where there is none.
 *
 * @param since milliseconds since 1970: when the node ended
 * @param namespace @default all
 */
export async function notReady(lab: Lab, since: number, namespace?: string): Promise<string[]> {
  const where = namespace === undefined ? '--all-namespaces' : `--namespace=${namespace}`;
  const { items } = JSON.parse(await lab.kubectl('get', 'pods', where, '-o=json')) as { items: Pod[] };
  const running = items.filter(({ status }) => status.phase !== 'Succeeded');
  if (running.length === 0) return ['any'];
  return running.filter((pod) => !isReady(pod, since)).map(({ metadata }) => metadata.name);
}

const isReady = ({ status: { conditions = [], containerStatuses = [] } }: Pod, since: number): boolean =>
  conditions.some(({ type, status }) => type === 'Ready' && status === 'True') &&
  containerStatuses.every(({ state }) => Date.parse(state.running?.startedAt ?? '') >= since - 1000);
