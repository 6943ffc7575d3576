import { Readable } from 'node:stream';
import type { Answer } from '../../../stacks/retried.js';
import { Authorization } from './authorization.js';
import { digestOf, isDigest } from './digest.js';
import { type Descriptor, MANIFEST_TYPES, partsOf } from './manifest.js';
import { type Place, placeOf, type Via } from './place.js';
import { noAnswer, problem, refusal, type Wanted } from './refusal.js';
import { type Sending, send } from './send.js';

/** Milliseconds that one blob may take. */
const UPLOAD_TIMEOUT = 3_600_000;

/** The content of a blob, readable as often as it is asked for. */
export interface Blob extends Pick<Descriptor, 'digest' | 'size'> {
  readonly open: () => Readable;
}

interface Request extends Sending {
  readonly path: string;
  readonly reference?: string;
  readonly action?: Wanted['action'];
  /** Statuses that are answers; every other one is a refusal. */
  readonly expected: readonly number[];
}

/**
 * Speaks the OCI distribution protocol with any registry.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
export class Registries {
  private readonly authorizations = new Map<string, Authorization>();
  /** Blobs that were seen: digest, by origin → a repository that has it. */
  private readonly known = new Map<string, string>();

  /** @param via origins that answer for registries of another name */
  constructor(private readonly via: Via = new Map()) {}

  /** Digest of what a tag or digest stands for; undefined where the registry has no such thing. */
  async digestOf(repository: string, reference: string): Promise<string | undefined> {
    const headers = { accept: MANIFEST_TYPES.join(', ') };
    const request = { path: `manifests/${reference}`, reference, headers, expected: [200, 404] };
    const answer = await this.ask(repository, { ...request, method: 'HEAD' });
    if (answer.status === 404) return undefined;
    const digest = answer.headers.get('docker-content-digest');
    if (isDigest(digest)) return digest;
    const whole = await this.ask(repository, request);
    return whole.status === 404 ? undefined : digestOf(this.verified(repository, reference, whole));
  }

  /** The names of all tags, none where there is no such repository. */
  async tags(repository: string): Promise<string[]> {
    const place = this.place(repository);
    const tags: string[] = [];
    for (let path: string | undefined = 'tags/list?n=1000'; path !== undefined; ) {
      const answer = await this.ask(repository, { path, expected: [200, 404] });
      if (answer.status === 404) return tags;
      const page = tagsIn(answer.bytes);
      if (!page) throw problem({ place, reference: '' }, 'sent no list of tags, or half of one');
      tags.push(...page);
      path = nextPage(answer.headers, `${place.origin}/v2/${place.path}/`);
    }
    return tags;
  }

  /**
   * Puts a manifest under a tag or its digest.
   *
   * @throws KeelsonError where the registry stored something else
   */
  async putManifest(
    repository: string,
    reference: string,
    bytes: Uint8Array,
    mediaType: string,
  ): Promise<string> {
    const answer = await this.ask(repository, {
      method: 'PUT',
      action: 'push',
      path: `manifests/${reference}`,
      reference,
      headers: { 'content-type': mediaType },
      body: () => new Uint8Array(bytes),
      expected: [201, 202],
    });
    const [digest, stored] = [digestOf(bytes), answer.headers.get('docker-content-digest')];
    if (stored === null || stored === digest) return digest;
    throw this.problem(repository, reference, `was sent as ${digest} and stored as ${stored}`);
  }

  /** Uploads a blob that the repository does not have, from another repository of the registry where one has it. */
  async putBlob(repository: string, blob: Blob): Promise<'uploaded' | 'mounted' | 'there'> {
    const { digest, size, open } = blob;
    const place = this.place(repository);
    const reference = `@${digest}`;
    const key = `${place.origin} ${digest}`;
    const head = { method: 'HEAD', path: `blobs/${digest}`, reference, action: 'push' as const };
    const there = await this.ask(repository, { ...head, expected: [200, 404] });
    const from = this.known.get(key);
    this.known.set(key, place.path);
    if (there.status === 200) return 'there';
    const mount = from === undefined ? '' : `?mount=${digest}&from=${encodeURIComponent(from)}`;
    const push = { reference, action: 'push' as const };
    const start = { ...push, method: 'POST', headers: { 'content-length': '0' } };
    const begun = await this.ask(repository, {
      ...start,
      path: `blobs/uploads/${mount}`,
      expected: [201, 202],
    });
    if (begun.status === 201) return 'mounted';
    const location = begun.headers.get('location');
    if (location === null) throw this.problem(repository, reference, 'the registry says no place for it');
    const target = new URL(location, place.origin);
    target.searchParams.set('digest', digest);
    await this.ask(repository, {
      ...push,
      method: 'PUT',
      path: target.href,
      headers: { 'content-type': 'application/octet-stream', 'content-length': `${size}` },
      body: () => Readable.toWeb(open()) as ReadableStream,
      timeout: UPLOAD_TIMEOUT,
      expected: [201, 204],
    });
    return 'uploaded';
  }

  private place = (repository: string): Place => placeOf(repository, this.via);

  private problem = (repository: string, reference: string, message: string) =>
    problem({ place: this.place(repository), reference: shown(reference) }, message);

  private verified(repository: string, reference: string, { bytes, headers }: Answer): Uint8Array {
    const digest = digestOf(bytes);
    const stated = isDigest(reference) ? reference : headers.get('docker-content-digest');
    if (partsOf(bytes) && (stated === null || stated === digest)) return bytes;
    const why = stated === null ? 'is no manifest' : `has the digest ${digest}, not ${stated}`;
    throw this.problem(repository, reference, `half a manifest, or another one: what was sent ${why}`);
  }

  /** Sends one request with what the registry asks for, and explains what it refuses. */
  private async ask(repository: string, request: Request): Promise<Answer> {
    const place = this.place(repository);
    const { path, reference = '', action = 'pull', expected, ...sending } = request;
    const url = new URL(path, `${place.origin}/v2/${place.path}/`);
    // An upload may go to storage elsewhere, which must not see the login.
    const isOwn = url.origin === place.origin;
    const authorization = this.authorization(place);
    const scope = { place, action };
    const wanted = { place, reference: shown(reference), action };
    for (let isFirst = true; ; isFirst = false) {
      const header = isOwn ? await authorization.header(scope) : undefined;
      const headers = { ...sending.headers, ...(header !== undefined && { authorization: header }) };
      const answer = await send(url.href, { ...sending, headers }).catch((error: unknown) => {
        throw noAnswer({ ...wanted, user: undefined }, error);
      });
      if (expected.includes(answer.status)) return answer;
      const again = answer.status === 401 && isFirst && isOwn;
      if (!again || !(await authorization.accept(answer, header, scope)))
        throw refusal({ ...wanted, user: await authorization.user(place) }, answer);
    }
  }

  private authorization({ host }: Place): Authorization {
    const authorization = this.authorizations.get(host) ?? new Authorization();
    this.authorizations.set(host, authorization);
    return authorization;
  }
}

/** `:1.4.2` or `@sha256:…`. */
const shown = (reference: string): string =>
  reference === '' || reference.startsWith('@')
    ? reference
    : `${isDigest(reference) ? '@' : ':'}${reference}`;

function tagsIn(bytes: Uint8Array): string[] | undefined {
  try {
    const { tags } = JSON.parse(new TextDecoder().decode(bytes)) as { tags?: unknown };
    if (tags === null || tags === undefined) return [];
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : undefined;
  } catch {
    return undefined;
  }
}

/** The next page of a list, which stays at the same registry. */
function nextPage(headers: Headers, base: string): string | undefined {
  const [, link] = /<([^>]+)>\s*;[^,]*rel="?next"?/i.exec(headers.get('link') ?? '') ?? [];
  const next = link === undefined ? undefined : new URL(link, base);
  return next?.origin === new URL(base).origin ? next.href : undefined;
}
