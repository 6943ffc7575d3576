import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { cordoned } from '../cordoned.js';
import { LUNCH_WEB } from '../images/catalogue.js';
import { LAB } from '../node/folders.js';
import { until } from '../until.js';
import { NAMESPACE, pageAnswers, pageUrl, WEB } from './lunch.js';
import type { Figure, Measurement } from './measurement.js';
import { notReady } from './pods-ready.js';
import { timed } from './timed.js';

export const nodeRestart: Measurement = {
  title: 'A node restarts while its registry is down',
  method:
    "The registry's pod and lunch's pages are deleted and may not start, and the page's image is removed from the node: " +
    'it is in the registry only, which runs on the same node. Then every process is killed and all that the kernel had ' +
    'is gone, as when a machine loses its power. Everything starts again at the same time. The registry itself runs from ' +
    'an image that is at hand on the node.',

  async measure(lab) {
    const figures: Figure[] = [];
    const cut = Date.now();
    await cordoned(lab, LAB, async () => {
      await lab.kubectl('--namespace=registry', 'delete', 'pods', '--all');
      await lab.kubectl(NAMESPACE, 'delete', 'pods', WEB);
      await forget(LUNCH_WEB);
      await timed(figures, 'from the power cut to a node that is ready', () => lab.node.restart());
    });
    const started = timed(figures, 'from then on, to a registry that answers', () =>
      until('the registry is ready', async () => (await notReady(lab, cut, 'registry')).length === 0),
    );
    await timed(figures, 'from then on, to pages whose image was pulled from it', async () => {
      await started;
      const url = await pageUrl(lab);
      await until('the pages are ready', async () => (await notReady(lab, cut, 'development')).length === 0);
      await pageAnswers(url);
    });
    await timed(figures, 'until every other pod is ready, too', () =>
      until('every pod is ready', async () => (await notReady(lab, cut)).length === 0),
    );
    return { figures, broken: [] };
  },
};

/** Removes an image from the node under all of its names, so that it must be pulled again. */
async function forget(image: string): Promise<void> {
  const images = async (...args: string[]) =>
    (await promisify(execFile)('ctr', ['--namespace=k8s.io', 'images', ...args])).stdout;
  const lines = (await images('list')).split('\n').map((line) => line.split(/\s+/));
  const digests = lines.filter(([name]) => name?.startsWith(`${image}:`)).map(([, , digest]) => digest);
  const names = lines.filter(([, , digest]) => digests.includes(digest)).map(([name = '']) => name);
  if (names.length === 0) throw new Error(`The node has no ${image}`);
  await images('remove', '--sync', ...names);
}
