import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../../lib/kube/object.js';
import { configMap } from './stack-bed.js';

/** Waits for its pods, which find no node in the zone `nowhere`. */
export const deployment = (namespace: string, zone?: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        nodeSelector: zone === undefined ? {} : { zone },
        containers: [{ name: 'web', image: 'x.test/web:1' }],
      },
    },
  },
});

export const some = (namespace: string, from: number, to: number, x: string) =>
  Array.from({ length: to - from }, (_, index) => configMap(namespace, `m${from + index}`, { x }));

/** The engine that this process started, or one that it started. */
function engine(): number {
  const lines = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n');
  const found = lines.map((line) => /^ *(\d+) +(\d+) (.*)$/.exec(line) ?? []);
  const parents = new Map(found.map(([, pid, parent]) => [Number(pid), Number(parent)]));
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent === process.pid || (parent !== undefined && parent !== 0 && isBelow(parent));
  };
  const own = found.find(
    ([, pid, , args = '']) => /pulumi\S* (up|destroy) /.test(args) && isBelow(Number(pid)),
  );
  return Number(own?.[1]);
}

/** Kills the engine that is running once something is so. */
export async function killEngineWhen(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await sleep(50);
  process.kill(engine(), 'SIGKILL');
}

/** Kills the engine of a run once that is held up. */
export async function killedWhen(run: Promise<unknown>, done: () => Promise<boolean>): Promise<void> {
  const ended = expect(run).rejects.toThrow(/its engine was killed \(SIGKILL\).*the same command goes on/);
  await killEngineWhen(done);
  await ended;
}
