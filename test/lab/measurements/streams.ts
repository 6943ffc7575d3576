import { copyExample } from '../application.js';
import { until } from '../until.js';
import type { Figure, Measurement } from './measurement.js';
import { RedisPods } from './redis-pods.js';
import { timed } from './timed.js';

/** Events that are written before anything happens, and after it. */
const SOME = 100;

export const streams: Measurement = {
  title: 'Consumers of a stream come and go',
  method:
    "Streams' production: a producer writes five events a second into a stream in a Redis cluster, three consumers " +
    'share them. All consumers are deleted at once, one of them without time to end; later the producer stops. Every ' +
    'event that is in the stream must be counted, as the web page shows it.',

  async measure(lab) {
    const application = copyExample(lab.folders, 'streams', 'production');
    const pods = new RedisPods(lab, 'production', 'events');
    const figures: Figure[] = [];
    await timed(figures, '`up`, from nothing to twelve ready pods', () => application.up('production'));
    const address = await pods.kubectl('get', 'service', 'web', '-o=jsonpath={.spec.clusterIP}');
    const counted = async () => {
      const page = await (await fetch(`http://${address}:8080/`)).text();
      return [...page.matchAll(/: (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
    };
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
    const written = Number(await pods.cli('events-0', '-c', 'XLEN', 'events'));
    await timed(figures, 'until everything is counted, once nothing more comes', () =>
      until('every event is counted', async () => (await counted()) >= written),
    );
    const sum = await counted();
    figures.push(
      { what: 'events in the stream', figure: `${written}` },
      { what: 'counted twice, as a consumer ended in between', figure: `${sum - written}` },
    );
    return { figures, broken: [] };
  },
};
