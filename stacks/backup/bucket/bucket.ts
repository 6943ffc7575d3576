import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { AwsClient } from 'aws4fetch';
import { type Answer, retried } from '../../retried.js';
import type { BucketAddress } from './bucket-address.js';
import type { BucketKey } from './bucket-key.js';
import { bucketRefusal, noBucketAnswer } from './bucket-refusal.js';
import { textsIn } from './xml.js';

/** Bytes that are sent or asked for at once, and sent or asked for again where a connection breaks. */
const PIECE = 16 * 2 ** 20;
/** As many pieces as an object may have. */
const PIECES = 10_000;

export interface StoredObject {
  /** Behind the address' folder. */
  readonly key: string;
  /** Bytes. */
  readonly size: number;
}

interface Ask {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly signal?: AbortSignal;
}

/**
 * Speaks S3 with any provider that has it. Each request says the checksum of what it sends, so an object is what was
 * sent or is not there.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export class Bucket {
  private readonly signer: AwsClient;

  constructor(
    readonly address: BucketAddress,
    key: BucketKey,
  ) {
    this.signer = new AwsClient({ ...key, service: 's3', region: address.region });
  }

  /** Everything whose key begins so. */
  async list(start: string, signal?: AbortSignal): Promise<StoredObject[]> {
    const root = this.path('');
    const found: StoredObject[] = [];
    for (let more: Record<string, string> | undefined = {}; more !== undefined; ) {
      const query = { 'list-type': '2', prefix: this.path(start), ...more };
      const text = textOf(await this.ask('', { query, signal }, 'list it'));
      const keys = textsIn(text, 'Key');
      const sizes = textsIn(text, 'Size');
      found.push(...keys.map((key, at) => ({ key: key.slice(root.length), size: Number(sizes[at]) })));
      const [token] = textsIn(text, 'NextContinuationToken');
      more = token ? { 'continuation-token': token } : undefined;
    }
    return found;
  }

  /** Makes a file an object: all of it, or none. */
  async put(key: string, file: string, signal?: AbortSignal): Promise<void> {
    const { size } = await stat(file);
    const piece = Math.max(PIECE, Math.ceil(size / PIECES));
    const read = (from: number) => buffer(createReadStream(file, { start: from, end: from + piece - 1 }));
    if (size <= piece) {
      await this.ask(key, { method: 'PUT', body: await read(0), signal });
      return;
    }
    const begun = textOf(await this.ask(key, { method: 'POST', query: { uploads: '' }, signal }));
    const [uploadId = ''] = textsIn(begun, 'UploadId');
    try {
      const parts: string[] = [];
      for (let from = 0; from < size; from += piece) {
        const partNumber = `${parts.length + 1}`;
        const query = { partNumber, uploadId };
        const { headers } = await this.ask(key, { method: 'PUT', query, body: await read(from), signal });
        parts.push(`<Part><PartNumber>${partNumber}</PartNumber><ETag>${headers.get('etag')}</ETag></Part>`);
      }
      const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
      await this.ask(key, { method: 'POST', query: { uploadId }, body, signal });
    } catch (error) {
      // Pieces that are never put together are in no list, and are paid for.
      await this.ask(key, { method: 'DELETE', query: { uploadId } }).catch(() => undefined);
      throw error;
    }
  }

  /** Writes an object to a file. */
  async get({ key, size }: StoredObject, file: string, signal?: AbortSignal): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(file, 'wx', 0o600);
    try {
      for (let from = 0; from < size; from += PIECE) {
        const range = `bytes=${from}-${Math.min(from + PIECE, size) - 1}`;
        const { bytes } = await this.ask(key, { headers: { range }, signal });
        await handle.appendFile(bytes);
      }
    } finally {
      await handle.close();
    }
  }

  async delete(key: string): Promise<void> {
    await this.ask(key, { method: 'DELETE' });
  }

  private path = (key: string): string => `${this.address.prefix && `${this.address.prefix}/`}${key}`;

  /** @param what that is wanted, for the error @throws KeelsonError for every answer that is a refusal */
  private async ask(
    key: string,
    { method = 'GET', query = {}, headers, body = '', signal }: Ask,
    what = `${method === 'GET' ? 'read' : method === 'DELETE' ? 'delete' : 'write'} ${key}`,
  ): Promise<Answer> {
    const { address } = this;
    const url = new URL(`${address.endpoint}/${address.bucket}${key && `/${this.path(key)}`}`);
    url.search = new URLSearchParams(query).toString();
    const sum = createHash('sha256').update(body).digest('hex');
    const answer = await retried(async () => {
      // Signed for each attempt, as a signature is good for minutes.
      const request = await this.signer.sign(url, {
        method,
        headers: { 'user-agent': 'keelson', 'x-amz-content-sha256': sum, ...headers },
        ...(body !== '' && { body }),
      });
      const response = await fetch(request, { signal });
      return {
        status: response.status,
        headers: response.headers,
        bytes: new Uint8Array(await response.arrayBuffer()),
      };
    }).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw noBucketAnswer(address, what, error);
    });
    // A refusal to put pieces together comes as 200, after a wait.
    if (answer.status < 300 && !(method === 'POST' && textOf(answer).includes('<Error>'))) return answer;
    throw bucketRefusal(address, what, answer);
  }
}

const textOf = ({ bytes }: Answer): string => new TextDecoder().decode(bytes);
