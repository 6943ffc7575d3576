import { createHash } from 'node:crypto';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

const digestOf = (content: Buffer | string): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** A client that speaks the distribution protocol, as far as these tests need it. */
export class RegistryClient {
  private readonly headers: Record<string, string>;

  constructor(
    readonly url: string,
    credentials?: string,
  ) {
    this.headers = credentials
      ? { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }
      : {};
  }

  request = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(new URL(path, this.url), {
      ...init,
      headers: { ...this.headers, ...(init.headers as Record<string, string> | undefined) },
    });

  answers = (): Promise<boolean> =>
    this.request('/').then(
      ({ ok }) => ok,
      () => false,
    );

  /** Status of the first step of a push. */
  canPush = (): Promise<number> =>
    this.request('/v2/lunch/web/blobs/uploads/', { method: 'POST' }).then(
      ({ status }) => status,
      () => 0,
    );

  async pushBlob(repository: string, content: Buffer): Promise<string> {
    const start = await this.request(`/v2/${repository}/blobs/uploads/`, { method: 'POST' });
    if (start.status !== 202) throw new Error(`upload refused with ${start.status}`);
    const target = new URL(start.headers.get('location') ?? '', this.url);
    const digest = digestOf(content);
    target.searchParams.set('digest', digest);
    const put = await this.request(target.href, {
      method: 'PUT',
      body: new Uint8Array(content),
      headers: { 'content-type': 'application/octet-stream' },
    });
    if (put.status !== 201) throw new Error(`blob refused with ${put.status}: ${await put.text()}`);
    return digest;
  }

  /** Pushes an image of one layer and returns its digest. */
  async push(repository: string, tag: string, layer: Buffer): Promise<string> {
    const config = Buffer.from(
      JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers' } }),
    );
    const part = async (mediaType: string, content: Buffer) => ({
      mediaType,
      size: content.length,
      digest: await this.pushBlob(repository, content),
    });
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: await part('application/vnd.oci.image.config.v1+json', config),
      layers: [await part('application/vnd.oci.image.layer.v1.tar', layer)],
    });
    const put = await this.request(`/v2/${repository}/manifests/${tag}`, {
      method: 'PUT',
      body: manifest,
      headers: { 'content-type': MANIFEST },
    });
    if (put.status !== 201) throw new Error(`manifest refused with ${put.status}: ${await put.text()}`);
    return digestOf(manifest);
  }

  /** Status of a pull: of the manifest where it is not there, else of its layer. */
  async pull(repository: string, reference: string): Promise<number> {
    const headers = { accept: MANIFEST };
    const manifest = await this.request(`/v2/${repository}/manifests/${reference}`, { headers });
    if (!manifest.ok) return manifest.status;
    const { layers } = (await manifest.json()) as { layers: { digest: string }[] };
    const layer = await this.request(`/v2/${repository}/blobs/${layers[0]?.digest}`);
    await layer.arrayBuffer();
    return layer.status;
  }

  delete = (repository: string, digest: string): Promise<number> =>
    this.request(`/v2/${repository}/manifests/${digest}`, { method: 'DELETE' }).then(({ status }) => status);
}
