import { type Answer, retried } from '../../../stacks/retried.js';

export interface Sending {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each attempt: a stream can be read once. */
  readonly body?: () => NonNullable<RequestInit['body']>;
  /** Milliseconds for one attempt. @default 30000 */
  readonly timeout?: number;
}

/** Milliseconds that a question may take. */
const TIMEOUT = 30_000;

/** What is read at most of an answer: manifests are limited to 4 MiB, lists of tags come in pages. */
const MOST_BYTES = 8 * 2 ** 20;

/** Sends a request, again where it fails in passing, and reads the answer to its end. */
export const send = (url: string, { method = 'GET', headers, body, timeout = TIMEOUT }: Sending) =>
  retried(async () => {
    const content = body?.();
    const answer = await fetch(url, {
      method,
      headers: { 'user-agent': 'keelson', ...headers },
      signal: AbortSignal.timeout(timeout),
      ...(content !== undefined && { body: content }),
      ...(content instanceof ReadableStream && { duplex: 'half' }),
    });
    return { status: answer.status, headers: answer.headers, bytes: await read(answer) };
  });

async function read(answer: Response): Promise<Answer['bytes']> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of answer.body ?? []) {
    parts.push(part);
    size += part.length;
    if (size > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes were sent`);
  }
  return Buffer.concat(parts);
}
