import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { cleaningUpOnExit } from '../control-plane/interruption.js';
import { codeOf, messageOf } from '../message-of.js';
import { thisPlatform } from './platform.js';

/** What `go env` says in a module's folder, where a go.mod may choose a newer toolchain. */
export interface GoSettings {
  readonly version: string;
  readonly buildCache: string;
  readonly moduleCache: string;
}

/** Settings under which the same sources give the same bytes, whatever the user has set for his own work. */
export function goEnvironment(): NodeJS.ProcessEnv {
  const { os, architecture } = thisPlatform();
  return { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOOS: os, GOARCH: architecture, GOWORK: 'off' };
}

/** @throws where Go is absent or too old, with how to mend it */
export async function goSettings(folder: string): Promise<GoSettings> {
  try {
    const { stdout } = await promisify(execFile)(
      'go',
      ['env', '-json', 'GOVERSION', 'GOCACHE', 'GOMODCACHE'],
      {
        cwd: folder,
        env: goEnvironment(),
      },
    );
    const values = JSON.parse(stdout) as Record<string, string>;
    return {
      version: values.GOVERSION ?? '',
      buildCache: values.GOCACHE ?? '',
      moduleCache: values.GOMODCACHE ?? '',
    };
  } catch (error) {
    const missing = codeOf(error) === 'ENOENT' && existsSync(folder);
    const reason = missing ? 'there is no `go` on PATH' : `\`go env\` failed: ${messageOf(error)}`;
    throw new Error(`${reason}. Install Go 1.26 or newer (an older one from 1.21 on fetches what it needs)`);
  }
}

/**
 * Runs `go` and resolves when it ends well.
 * @throws with the last lines that it wrote
 */
export async function runGo(
  args: readonly string[],
  options: { folder: string; environment: NodeJS.ProcessEnv; signal?: AbortSignal },
): Promise<void> {
  const { folder, environment, signal } = options;
  signal?.throwIfAborted();
  const child = spawn('go', args, { cwd: folder, env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  // On SIGINT go lets the compilers that run finish (seconds) and starts no more.
  const interrupt = () => {
    child.kill('SIGINT');
  };
  signal?.addEventListener('abort', interrupt, { once: true });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-4_000);
  });
  try {
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    const code = await cleaningUpOnExit(interrupt, () => ended);
    signal?.throwIfAborted();
    if (code !== 0) {
      const lines = output.split('\n').filter((line) => line !== '' && !line.startsWith('go: downloading '));
      throw new Error(`go ended with ${code ?? child.signalCode}:\n${lines.slice(-15).join('\n')}`);
    }
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}
