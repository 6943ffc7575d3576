import { copyExample } from '../application.js';
import { until } from '../until.js';
import type { Figure, Measurement } from './measurement.js';
import { RedisPods } from './redis-pods.js';
import { isConsumed, missingIn, shownCounts, sumOf, writtenCounts } from './stream-counts.js';
import { timed } from './timed.js';

/** Events that are written before anything happens, and after it. */
const SOME = 100;

export const streams: Measurement = {
  title: 'Consumers of a stream come and go',
  method:
    "Streams' production: a producer writes five events a second into a stream in a Redis cluster, three consumers " +
    'share them. All consumers are deleted at once, one of them without time to end; later the producer stops. In the ' +
    'end nothing may be left to read or to acknowledge, and of each kind the web page has to show as many as the stream ' +
    'has. Consumers count before they acknowledge, so one that ends in between leaves an event that is counted again.',

  async measure(lab) {
    const application = copyExample(lab.folders, 'streams', 'production');
    const pods = new RedisPods(lab, 'production', 'events');
    const figures: Figure[] = [];
    await timed(figures, '`up`, from nothing to twelve ready pods', () => application.up('production'));
    const address = await pods.kubectl('get', 'service', 'web', '-o=jsonpath={.spec.clusterIP}');
    const counts = async () => shownCounts(await (await fetch(`http://${address}:8080/`)).text());
    const counted = async () => sumOf(await counts());
    const redis = async (...command: string[]) =>
      JSON.parse(await pods.cli('events-0', '-c', '--json', ...command));
    const more = async (count: number) => {
      const before = await counted();
      await until(`${count} events more`, async () => (await counted()) >= before + count);
    };
    await more(SOME);
    const selector = ['pods', '--selector=app.kubernetes.io/name=consumer'];
    const [first = '', ...others] = (await pods.kubectl('get', ...selector, '-o=name')).trim().split('\n');
    await pods.kubectl('delete', '--wait=false', ...others);
    await pods.kubectl('delete', '--grace-period=0', '--force', first);
    await more(SOME);
    await pods.kubectl('scale', '--replicas=0', 'deployment/producer');
    await pods.kubectl(
      'wait',
      '--for=delete',
      '--timeout=120s',
      'pods',
      '--selector=app.kubernetes.io/name=producer',
    );
    await timed(figures, 'until everything is acknowledged, once nothing more comes', () =>
      until('every event is acknowledged', async () => isConsumed(await redis('XINFO', 'GROUPS', 'events'))),
    );
    const written = writtenCounts(await redis('XRANGE', 'events', '-', '+'));
    const shown = await counts();
    const lost = missingIn(shown, written);
    figures.push(
      { what: 'events in the stream', figure: `${sumOf(written)}` },
      { what: 'not counted', figure: `${sumOf(lost)}` },
      {
        what: 'counted again, as a consumer ended in between',
        figure: `${sumOf(missingIn(written, shown))}`,
      },
    );
    return {
      figures,
      broken: [...lost].map(([kind, count]) => `${count} events of the kind ${kind} were not counted`),
    };
  },
};
