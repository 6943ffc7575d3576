import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Report } from '../../lib/progress.js';
import { withDeadline } from '../deadline.js';
import { messageOf } from '../message-of.js';

/** Milliseconds without a byte after which a download is given up. */
const STALLED_AFTER = 30_000;

/** Milliseconds between two lines about a download that goes on. */
const REPORT_EVERY = 10_000;

/**
 * Asks once whether `url` can be had, so that a closed network costs a few seconds and no retries.
 * @param timeout in milliseconds
 * @returns undefined where it can, else the reason
 */
export async function whyUnreachable(
  url: string,
  timeout = 3_000,
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    const { ok, status } = await withDeadline(timeout, signal, (deadline) =>
      fetch(url, { method: 'HEAD', signal: deadline.signal }),
    );
    return ok ? undefined : `${url} answered ${status}`;
  } catch (error) {
    signal?.throwIfAborted();
    return `${url} could not be reached (${messageOf(error)})`;
  }
}

/** Fetches a short text, such as a published checksum. */
export async function fetchText(
  url: string,
  { headers, signal }: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<string> {
  return await withDeadline(STALLED_AFTER, signal, async (deadline) => {
    const response = await fetch(url, { headers, signal: deadline.signal });
    if (!response.ok) throw new Error(`${url} answered ${response.status} ${response.statusText}`);
    return await response.text();
  });
}

interface DownloadOptions {
  readonly url: string;
  readonly target: string;
  /** As published, hexadecimal. */
  readonly sha256: string;
  readonly report: Report;
  readonly signal?: AbortSignal;
}

/** Writes `url` to `target`, which appears only once its SHA-256 is the published one. */
export async function download({ url, target, sha256, report, signal }: DownloadOptions): Promise<void> {
  const partial = `${target}.partial-${process.pid}`;
  await mkdir(dirname(target), { recursive: true });
  try {
    const found = await withDeadline(STALLED_AFTER, signal, async (deadline) => {
      const response = await fetch(url, { signal: deadline.signal });
      if (!response.ok || !response.body)
        throw new Error(`it answered ${response.status} ${response.statusText}`);
      const hash = createHash('sha256');
      const progress = reporter(
        `Downloading ${basename(url)}`,
        response.headers.get('content-length'),
        report,
      );
      const watch = async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          deadline.postpone();
          hash.update(chunk);
          progress(chunk.length);
          yield chunk;
        }
      };
      await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(partial), {
        signal: deadline.signal,
      });
      return hash.digest('hex');
    });
    if (found !== sha256.toLowerCase()) {
      throw new Error(`its SHA-256 is ${found}, the published one is ${sha256}`);
    }
    await rename(partial, target);
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(`Download of ${url} failed: ${messageOf(error)}`);
  } finally {
    await rm(partial, { force: true });
  }
}

function reporter(what: string, length: string | null, report: Report): (bytes: number) => void {
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  const total = length ? ` of ${megabytes(Number(length))}` : '';
  let received = 0;
  let reported = Date.now();
  return (bytes) => {
    received += bytes;
    if (Date.now() - reported < REPORT_EVERY) return;
    reported = Date.now();
    report(`${what}: ${megabytes(received)}${total} MB`);
  };
}
