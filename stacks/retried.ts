import { setTimeout as sleep } from 'node:timers/promises';

/** An answer that was read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

const ATTEMPTS = 5;
/** Milliseconds before the second attempt; doubled before each later one. */
const FIRST_WAIT = 250;
/** Milliseconds that a server may make us wait at once; for longer nobody sits before a terminal. */
const LONGEST_WAIT = 60_000;

/** Too many requests, and what a busy or restarting server or a proxy before it says. */
const PASSING = [429, 500, 502, 503, 504];

/**
 * Sends again what failed in passing: a connection that broke, a server that is busy. It waits as long as the server
 * says (`Retry-After`), else longer each time.
 *
 * @returns the last answer, which may still be a refusal
 * @throws what the last attempt threw
 */
export async function retried(send: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt === ATTEMPTS;
    const wait = FIRST_WAIT * 2 ** (attempt - 1) * (1 + Math.random() / 4);
    try {
      const answer = await send();
      if (isLast || !PASSING.includes(answer.status)) return answer;
      const asked = retryAfter(answer.headers, Date.now());
      if (asked !== undefined && asked > LONGEST_WAIT) return answer;
      await sleep(asked ?? wait);
    } catch (error) {
      if (isLast || !isPassing(error)) throw error;
      await sleep(wait);
    }
  }
}

/** Milliseconds that an answer asks to wait, by seconds or by a date. */
export function retryAfter(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Nothing is mended by another attempt where the name, the certificate or the protocol is wrong. */
const LASTING = /^(ENOTFOUND|ERR_SSL_.*|ERR_TLS_.*|CERT_.*|.*_CERT(_.*)?|UNABLE_TO_.*|ERR_INVALID_.*)$/;

function isPassing(error: unknown): boolean {
  const { name } = (error ?? {}) as Partial<Error>;
  return name === 'TimeoutError' || (name === 'TypeError' && !LASTING.test(codeIn(error) ?? ''));
}

/** `ECONNREFUSED` and the like, which fetch hides in a cause; the first of several. */
export function codeIn(error: unknown): string | undefined {
  const { cause } = (error ?? {}) as { cause?: { code?: unknown; errors?: { code?: unknown }[] } };
  const code = cause?.code ?? cause?.errors?.[0]?.code;
  return typeof code === 'string' ? code : undefined;
}
