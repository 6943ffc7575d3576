import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registryProgram } from './registry-process.js';
import { freePort, until } from './until.js';

/** Settings below `auth` of a registry's configuration, as JSON. */
export type RegistryAuth = Readonly<Record<string, unknown>>;

/** `printf 'correct horse' | htpasswd -niB -C 4 ada` */
export const ADA = {
  name: 'ada',
  password: 'correct horse',
  htpasswd: 'ada:$2b$04$QpO5f4tZSK/pRGWjmmlVoeOSbJNPeJN6IRROQfgPtMvWUF7Wr7jDy\n',
};

/** A real registry on loopback with nothing in it. */
export class ImageRegistry {
  private constructor(
    private readonly process: ChildProcess,
    readonly folder: string,
    /** As images are named: `localhost:40123`. */
    readonly host: string,
    readonly url: string,
  ) {}

  /** @param auth @default none: everybody may push */
  static async start(auth?: (folder: string) => RegistryAuth): Promise<ImageRegistry> {
    const folder = mkdtempSync(join(tmpdir(), 'keelson-images-registry-'));
    const port = await freePort();
    const configuration = join(folder, 'config.yml');
    writeFileSync(
      configuration,
      JSON.stringify({
        version: 0.1,
        log: { level: 'error' },
        storage: { filesystem: { rootdirectory: join(folder, 'storage') }, delete: { enabled: true } },
        http: { addr: `127.0.0.1:${port}`, relativeurls: true },
        ...(auth && { auth: auth(folder) }),
      }),
    );
    const child = spawn(registryProgram() ?? '', ['serve', configuration], {
      stdio: 'ignore',
      env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
    });
    const url = `http://localhost:${port}`;
    await until('the registry answers', () =>
      fetch(`${url}/v2/`).then(
        () => true,
        () => false,
      ),
    );
    return new ImageRegistry(child, folder, `localhost:${port}`, url);
  }

  /** Takes name and password. */
  static startWithPassword = (): Promise<ImageRegistry> =>
    ImageRegistry.start((folder) => {
      const path = join(folder, 'htpasswd');
      writeFileSync(path, ADA.htpasswd);
      return { htpasswd: { realm: 'registry', path } };
    });

  stop(): void {
    this.process.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
