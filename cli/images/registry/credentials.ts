import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KeelsonError } from '../../../lib/config/problem.js';

/** Who asks, as `docker login` has stored it. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'identity token'; readonly token: string };

interface DockerConfig {
  readonly auths?: Readonly<Record<string, StoredLogin | undefined>>;
  readonly credHelpers?: Readonly<Record<string, string | undefined>>;
  readonly credsStore?: string;
}
interface StoredLogin {
  readonly auth?: string;
  readonly identitytoken?: string;
}

/** Under this key docker keeps the login of its own registry. */
const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';

/**
 * The login for a registry from docker's `config.json`: of its credential helper, its store or the file itself.
 *
 * @param host as `docker login` was given it
 * @returns undefined where there is none
 * @throws KeelsonError where the file or a helper cannot be read; never with what they hold
 */
export async function credentialsFor(
  host: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Credentials | undefined> {
  const file = join(environment.DOCKER_CONFIG ?? join(homedir(), '.docker'), 'config.json');
  if (!existsSync(file)) return undefined;
  const config = read(file);
  const key = host === 'docker.io' ? DOCKER_HUB_KEY : host;
  const helper = config.credHelpers?.[key] ?? config.credsStore;
  const stored = helper === undefined ? undefined : await ask(helper, key, file, environment);
  return stored ?? ownLogin(config, key, file);
}

function read(file: string): DockerConfig {
  let config: unknown;
  try {
    config = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Not the parser's own message, which quotes the file.
    throw problem(file, 'is no JSON, or cannot be read; write it anew with `docker login`');
  }
  if (typeof config !== 'object' || config === null) throw problem(file, 'holds no object');
  return config;
}

function ownLogin({ auths = {} }: DockerConfig, key: string, file: string): Credentials | undefined {
  const [, login] =
    Object.entries(auths).find(([name]) => name === key) ??
    Object.entries(auths).find(([name]) => hostOf(name) === hostOf(key)) ??
    [];
  if (login?.identitytoken) return { kind: 'identity token', token: login.identitytoken };
  if (!login?.auth) return undefined;
  const [, username, password] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(login.auth, 'base64').toString('utf8')) ?? [];
  if (username === undefined || password === undefined)
    throw problem(`${file}, auths.${key}`, 'is no login; write it anew with `docker login`');
  return { kind: 'password', username, password: password.replace(/\0+$/, '') };
}

/** `https://registry.example.com/v2/` is kept for what is called `registry.example.com`. */
const hostOf = (key: string): string => key.replace(/^https?:\/\//, '').replace(/\/v[12]\/?$|\/$/, '');

/** Asks a credential helper, which takes the host on its standard input. @see https://github.com/docker/docker-credential-helpers */
async function ask(
  helper: string,
  key: string,
  file: string,
  env: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`;
  if (!/^[\w.-]+$/.test(helper)) throw problem(file, `names a credential helper that is no word`);
  const { status, output } = await new Promise<{ status: number | null; output: string }>(
    (resolve, reject) => {
      const child = spawn(program, ['get'], { env, stdio: ['pipe', 'pipe', 'ignore'], timeout: 60_000 });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      // It may end before it has read its input.
      child.stdin.on('error', () => undefined).end(key);
      child.on('close', (status) => resolve({ status, output }));
      child.on('error', () =>
        reject(problem(file, `names the credential helper ${program}, which cannot be run; install it`)),
      );
    },
  );
  if (status !== 0 && /credentials not found/i.test(output)) return undefined;
  const login = status === 0 ? loginIn(output) : undefined;
  if (!login) throw problem(program, `gives no login for ${key} (status ${status}); log in anew`);
  return login;
}

function loginIn(output: string): Credentials | undefined {
  try {
    const { Username, Secret } = JSON.parse(output) as { Username?: unknown; Secret?: unknown };
    if (typeof Username !== 'string' || typeof Secret !== 'string') return undefined;
    return Username === '<token>'
      ? { kind: 'identity token', token: Secret }
      : { kind: 'password', username: Username, password: Secret };
  } catch {
    return undefined;
  }
}

const problem = (where: string, message: string) =>
  new KeelsonError('The login of the registry', [{ where, message }]);
