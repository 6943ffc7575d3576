import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names of the registry's program: Debian's, and the image's. */
const PROGRAMS = ['docker-registry', 'registry'];

const found = (program: string): string | undefined =>
  spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim() || undefined;

/** Path of the registry's program, or undefined where there is none. */
export const registryProgram = (): string | undefined => PROGRAMS.map(found).find(Boolean);

/** Why tests of the real registry are left out, or undefined where they run. */
export const registryMissing = (): string | undefined =>
  [...(registryProgram() ? [] : ['docker-registry']), ...(found('flock') ? [] : ['flock (util-linux)'])].join(
    ' and ',
  ) || undefined;

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port was given');
  return address.port;
}

/** Asks again until the answer is true. @throws after a minute, with what was waited for */
export async function until(what: string, answer: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await answer())) {
    if (Date.now() > end) throw new Error(`${what}: not within a minute`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** One folder that holds what a registry's two pods see, with the scripts and files of the construct. */
export class RegistryBed {
  readonly folder = mkdtempSync(join(tmpdir(), 'keelson-registry-'));
  readonly storage = join(this.folder, 'storage');
  readonly configuration = join(this.folder, 'configuration');
  private readonly processes: ChildProcess[] = [];
  log = '';

  /** @param files the ConfigMap's, with the paths and ports of this machine in them */
  constructor(
    files: Readonly<Record<string, string>>,
    private readonly shell: readonly string[] = ['sh'],
  ) {
    for (const path of [this.storage, this.configuration, join(this.folder, 'bin')])
      mkdirSync(path, { recursive: true });
    symlinkSync(registryProgram() ?? '', join(this.folder, 'bin', 'registry'));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string): string {
    const path = join(this.configuration, name);
    writeFileSync(path, text.replaceAll('STORAGE', this.storage).replaceAll('USERS', this.configuration));
    return path;
  }

  private run(script: string, options: readonly string[]): ChildProcess {
    const [command = '', ...args] = this.shell;
    const child = spawn(
      command,
      [...args, join(this.configuration, script), this.configuration, this.storage, ...options],
      {
        env: {
          ...process.env,
          PATH: `${join(this.folder, 'bin')}:${process.env.PATH}`,
          REGISTRY_POLL_SECONDS: '0.1',
          REGISTRY_LOCK_SECONDS: '30',
          OTEL_TRACES_EXPORTER: 'none',
        },
        detached: true,
      },
    );
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (data) => {
        this.log += data;
      });
    this.processes.push(child);
    return child;
  }

  /** Starts the server's script. */
  serve = (): ChildProcess => this.run('serve.sh', []);

  /** Starts a collection. */
  collect = (...options: string[]): ChildProcess => this.run('collect-garbage.sh', options);

  /** Bytes of all files on the volume. */
  used(): number {
    const entries = readdirSync(this.storage, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  }

  /** Ends every process that was started here, and what they started. */
  remove(): void {
    for (const { pid } of this.processes) {
      try {
        if (pid) process.kill(-pid, 'SIGKILL');
      } catch {
        // The whole group has ended.
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The status that a process ended with. */
export const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    else child.once('exit', (code) => resolve(code));
  });

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
    const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers' } }));
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

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
