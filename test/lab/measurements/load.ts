import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Load {
  readonly url: string;
  readonly perSecond: number;
  /** Fewer are never sent. */
  readonly atLeast: number;
  /** Sending goes on until this has happened, too. */
  readonly during: Promise<unknown>;
}

export interface LoadResult {
  readonly sent: number;
  /** How often, by what went wrong. */
  readonly failures: ReadonlyMap<string, number>;
  readonly failed: number;
  /** How often each release answered. */
  readonly releases: ReadonlyMap<string, number>;
  /** Milliseconds from being due to the last byte: of half of the answers, of 99 in 100, and of all. */
  readonly median: number;
  readonly p99: number;
  readonly longest: number;
}

/** Milliseconds after which a request counts as failed. */
const TIMEOUT = 5_000;

/** Sends requests at a constant rate, whether or not those before are answered, each over a connection of its own. */
export async function constantLoad({ url, perSecond, atLeast, during }: Load): Promise<LoadResult> {
  const failures = new Map<string, number>();
  const releases = new Map<string, number>();
  const times: number[] = [];
  const pending = new Set<Promise<void>>();
  const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  let over = false;
  const ended = during.finally(() => {
    over = true;
  });
  ended.catch(() => undefined);
  const start = performance.now();
  let sent = 0;
  for (; !over || sent < atLeast; await sleep(1)) {
    for (; sent < ((performance.now() - start) * perSecond) / 1000; sent += 1) {
      const due = start + (sent * 1000) / perSecond;
      const request = ask(url)
        .then((release) => {
          add(releases, release);
          times.push(performance.now() - due);
        })
        .catch((error: Error) => void add(failures, error.message))
        .finally(() => pending.delete(request));
      pending.add(request);
    }
  }
  await Promise.all(pending);
  await ended;
  times.sort((a, b) => a - b);
  const at = (part: number) => Math.round(times[Math.floor((times.length - 1) * part)] ?? 0);
  const failed = [...failures.values()].reduce((sum, count) => sum + count, 0);
  return { sent, failures, failed, releases, median: at(0.5), p99: at(0.99), longest: at(1) };
}

const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });

/** @returns the release that answered */
function ask(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, timeout: TIMEOUT }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve(String(response.headers['app-version']));
        else reject(new Error(`status ${response.statusCode}`));
      });
      response.once('error', reject);
    });
    request.once('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT / 1000} s`)));
    request.once('error', (error: NodeJS.ErrnoException) => reject(new Error(error.code ?? error.message)));
  });
}
