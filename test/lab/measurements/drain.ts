import { cordoned } from '../cordoned.js';
import { FIRST, SECOND } from '../node/folders.js';
import { NAMESPACE, pageUrl, WEB } from './lunch.js';
import type { Figure, Measurement } from './measurement.js';
import { timed } from './timed.js';
import { listed, loadFigures, pods, underLoad } from './update-under-load.js';

export const drain: Measurement = {
  title: 'A node is drained under load',
  method:
    "A second node joins, and both pods of lunch's page move there. Requests arrive at a constant rate of 200 a second, " +
    'each over a new connection, while `kubectl drain` empties it; the pods come back on the first node.',

  async measure(lab) {
    const figures: Figure[] = [];
    await timed(figures, 'a second node, from nothing to ready', () => lab.addNode());
    const settled = () => lab.kubectl(NAMESPACE, 'rollout', 'status', '--timeout=300s', 'deployment/web');
    const places = async () =>
      (await lab.kubectl(NAMESPACE, 'get', 'pods', WEB, '-o=jsonpath={.items[*].spec.nodeName}')).split(' ');
    await cordoned(lab, FIRST.name, async () => {
      for (const pod of await pods(lab)) {
        await lab.kubectl(NAMESPACE, 'delete', pod);
        await settled();
      }
    });
    const before = await places();
    const load = await underLoad(await pageUrl(lab), async () => {
      const leave = ['--ignore-daemonsets', '--delete-emptydir-data', '--timeout=300s'];
      await timed(figures, '`kubectl drain`', () => lab.kubectl('drain', SECOND.name, ...leave));
      await settled();
    });
    const after = await places();
    return {
      figures: [...figures, ...loadFigures('a node drains with both pods', load)],
      broken: [
        ...(load.failed > 0 ? [`${load.failed} requests failed as a node was drained: ${listed(load)}`] : []),
        ...(before.every((name) => name === SECOND.name) && after.every((name) => name === FIRST.name)
          ? []
          : [`the pods were on ${before.join(', ')}, then on ${after.join(', ')}`]),
      ],
    };
  },
};
