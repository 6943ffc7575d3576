import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithGo, goTool } from './go-tool.js';
import { freePort, until } from './until.js';

/** `describe` where the server can be built; else it is skipped, and says why. */
export const describeWithS3 = (): jest.Describe => describeWithGo('an S3 server');

/** A real server of S3 on loopback: versitygw, in whose folder buckets are folders and objects files. */
export class S3Server {
  /** What opens it, as the command line takes it. */
  readonly key = { AWS_ACCESS_KEY_ID: 'keelson', AWS_SECRET_ACCESS_KEY: 'a+secret/of=theirs' };

  private constructor(
    private readonly folder: string,
    private readonly process: ChildProcess,
    readonly endpoint: string,
  ) {}

  static async start(...buckets: readonly string[]): Promise<S3Server> {
    const program = await goTool('versitygw');
    const folder = mkdtempSync(join(tmpdir(), 'keelson-s3-'));
    for (const name of ['metadata', ...buckets.map((bucket) => `objects/${bucket}`)])
      mkdirSync(join(folder, name), { recursive: true });
    const address = `127.0.0.1:${await freePort()}`;
    const server = spawn(
      program,
      ['--port', address, '--quiet', 'posix', '--sidecar', join(folder, 'metadata'), join(folder, 'objects')],
      {
        env: { PATH: process.env.PATH, ROOT_ACCESS_KEY: 'keelson', ROOT_SECRET_KEY: 'a+secret/of=theirs' },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const endpoint = `http://${address}`;
    await until('the S3 server answers', () =>
      fetch(endpoint).then(
        () => true,
        () => false,
      ),
    );
    return new S3Server(folder, server, endpoint);
  }

  /** File of an object. */
  file = (bucket: string, key: string): string => join(this.folder, 'objects', bucket, key);

  /** Keys of the objects below one folder of a bucket. */
  keys(bucket: string, below: string): string[] {
    const root = this.file(bucket, below);
    if (!existsSync(root)) return [];
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .sort();
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGKILL');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
