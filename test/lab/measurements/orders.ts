import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two orders. */
const PAUSE = 500;

export interface Orders {
  readonly taken: number;
  /** What the page says to the one who ordered. */
  readonly shown: number;
  /** What was answered to orders that were not taken. */
  readonly refused: readonly string[];
}

/** A visitor of lunch orders again and again while something happens, then reads the page. */
export async function ordersDuring(url: string, happening: Promise<unknown>): Promise<Orders> {
  const refused: string[] = [];
  let taken = 0;
  let cookie = '';
  let over = false;
  const end = () => {
    over = true;
  };
  happening.then(end, end);
  const ask = (path: string, method: string) =>
    fetch(new URL(path, url), { method, headers: { connection: 'close', cookie } });
  for (; !over || taken + refused.length === 0; await sleep(PAUSE)) {
    try {
      const answer = await ask('/orders', 'POST');
      cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
      if (answer.status === 201) taken += 1;
      else refused.push(`status ${answer.status}`);
    } catch (error) {
      refused.push(`${(error as { cause?: Error }).cause ?? error}`);
    }
  }
  const page = await (await ask('/', 'GET')).text();
  return { taken, shown: Number(/You have ordered (\d+)/.exec(page)?.[1]), refused };
}
