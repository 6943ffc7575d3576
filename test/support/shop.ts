import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './repository.js';

export interface ShopRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const COMMAND = join(ROOT, 'bin/keelson.js');

/** The folder of an application with two services, as a team has it, and the compiled command in it. */
export class Shop {
  readonly folder = mkdtempSync(join(realpathSync(tmpdir()), 'keelson-shop-'));
  private readonly home = mkdtempSync(join(realpathSync(tmpdir()), 'keelson-shop-home-'));
  private readonly stubLog = join(this.home, 'docker.log');

  /** @param registry that its images are called after, such as `localhost:5000` */
  constructor(readonly registry: string) {
    this.write('package.json', '{ "name": "shop", "keelson": { "application": "app.ts" } }\n');
    this.write('.gitignore', 'node_modules/\ndist/\n');
    this.write('app.ts', this.application());
    for (const service of ['web', 'api']) {
      this.write(`${service}/Dockerfile`, `FROM scratch\nCOPY content /content\n`);
      this.write(`${service}/content`, `${service} one\n`);
      this.write(`${service}/VERSION`, '1.0.0\n');
    }
    this.write('images.lock.json', '{}\n');
    const stub = join(this.home, 'bin/docker');
    mkdirSync(dirname(stub));
    writeFileSync(
      stub,
      `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'test/support/docker-stub.js')}' "$@"\n`,
      {
        mode: 0o755,
      },
    );
  }

  /** @param more of `services`, such as another object @param web props of the service `web` */
  application = (
    web = '',
    environments = 'staging, production',
  ): string => `import { defineApplication, Service } from 'keelson';
import images from './images.lock.json';

export default defineApplication({
  name: 'shop',
  domain: 'shop.example.com',
  contact: 'ops@example.com',
  images,
  builds: {
    web: { repository: '${this.registry}/shop/web', context: 'web' },
    api: { repository: '${this.registry}/shop/api', context: 'api' },
  },
  clusters: { main: {} },
  environments: { ${environments
    .split(', ')
    .map((name) => `${name}: { cluster: 'main' }`)
    .join(', ')} },
  personal: { cluster: 'main' },
  people: ['ada'],
  services(env) {
    const api = new Service(env, 'api', { image: env.image('api'), ports: { http: 8081 } });
    new Service(env, 'web', { image: env.image('web'), ports: { http: 8080 }, uses: [api], ${web} });
  },
});
`;

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    writeFileSync(join(this.folder, file), text);
  }

  append = (file: string, text: string): void => appendFileSync(join(this.folder, file), text);
  read = (file: string): string => readFileSync(join(this.folder, file), 'utf8');
  lock = (): Record<string, Record<string, { repository: string; tag?: string; digest?: string }>> =>
    JSON.parse(this.read('images.lock.json'));

  /** Each call of the stub of docker, with its arguments. */
  builds(): string[][] {
    try {
      return readFileSync(this.stubLog, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as string[]);
    } catch {
      return [];
    }
  }
  forgetBuilds = (): void => rmSync(this.stubLog, { force: true });

  git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();

  commit(message: string): string {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', message);
    return this.git('rev-parse', 'HEAD');
  }

  /** Beside this process, which may be what the command speaks to. */
  keelson(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<ShopRun> {
    const child = spawn(process.execPath, [COMMAND, ...args], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        BUILDKIT_HOST: '',
        KEELSON_USER: '',
        NO_COLOR: '1',
        DOCKER_CONFIG: this.home,
        DOCKER_STUB_LOG: this.stubLog,
        PATH: `${join(this.home, 'bin')}:${process.env.PATH}`,
        ...environment,
      },
    });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text;
      });
    return new Promise((resolve, reject) => {
      child.on('error', reject).on('close', (status) => resolve({ status, ...output }));
    });
  }

  remove(): void {
    for (const folder of [this.folder, this.home]) rmSync(folder, { recursive: true, force: true });
  }
}
