import type { ClusterClient } from '../../embedded/control-plane/cluster-client.js';

/** What changes by itself, every few seconds. */
const RESTLESS = ['leases', 'events', 'nodes'];

/** Every object of every kind that the API lists, by its path, as it is stored. */
export async function everyObject(client: ClusterClient): Promise<Record<string, unknown>> {
  const read = async <T>(path: string) => JSON.parse((await client(path)).body) as T;
  const { groups } = await read<{ groups: { versions: { groupVersion: string }[] }[] }>('/apis');
  const versions = groups.flatMap(({ versions: all }) =>
    all.slice(0, 1).map(({ groupVersion }) => `apis/${groupVersion}`),
  );
  const found: [string, unknown][] = [];
  for (const version of ['api/v1', ...versions]) {
    const { resources } = await read<{ resources: { name: string; verbs: string[] }[] }>(`/${version}`);
    const listed = resources.filter(({ name, verbs }) => verbs.includes('list') && !RESTLESS.includes(name));
    for (const { name } of listed) {
      const { items } = await read<{ items: { metadata: Record<string, string> }[] }>(`/${version}/${name}`);
      for (const item of items) {
        const { namespace = '', name: own } = item.metadata;
        found.push([`${version}/${namespace}/${name}/${own}`, item]);
      }
    }
  }
  return Object.fromEntries(found.sort(([one], [other]) => one.localeCompare(other)));
}

/** The controllers have done with what was made. */
export async function untilSettled(client: ClusterClient): Promise<void> {
  for (let last = '', end = Date.now() + 120_000; Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const now = JSON.stringify(await everyObject(client));
    if (now === last && now.includes('"availableReplicas":2')) return;
    last = now;
  }
  throw new Error('the cluster did not come to rest');
}
